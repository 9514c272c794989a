"""Every way in which an upload can fail, as a code with its plain Chinese sentence.

The code is for operators and tests, the sentence for the applicant: what happened and what to do. Neither carries
anything that stands in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.faults import machine_fault
from pipeline.nouns import Alert, Severity

__all__ = ["MESSAGES", "FileProblem", "Problem", "alert_for", "writing"]

MESSAGES: dict[str, str] = {
    "not_found": "找不到这个文件，请检查路径。",
    "no_permission": "没有权限读取这个文件。",
    "empty_file": "文件是空的（0字节），可能上传中断了，请重新上传。",
    "unsupported_type": "不支持这种文件，请上传PDF或照片（JPG、PNG、HEIC、TIFF、BMP、WEBP），也可以打包成ZIP。",
    "office_document": "这是办公软件文档，请另存为PDF或拍照后再上传。",
    "mislabelled": "文件的扩展名与实际内容不一致，已按实际内容读取。",
    "file_too_large": "文件太大，超过了上限，请压缩或分开上传。",
    "case_too_large": "这次上传的文件总量超过了上限，这个文件没有读取，请分批上传。",
    "too_many_files": "这次上传的文件个数超过了上限，这个文件没有读取，请分批上传。",
    "too_many_pages": "页数超过了上限，只读取了前面的页，请拆分后上传其余的页。",
    "too_many_pixels": "图片的像素超过了上限，请用普通拍照尺寸重新上传。",
    "image_too_small": "图片太小，文字无法看清，请重新拍照或上传原图。",
    "pdf_encrypted": "PDF设有打开密码，请取消密码后重新上传，或打印后拍照上传。",
    "pdf_broken": "PDF文件已损坏，打不开，请重新导出或拍照上传。",
    "pdf_no_pages": "PDF里没有页面，请重新导出或拍照上传。",
    "page_broken": "这一页打不开，其余各页已照常读取，请重新上传这一页。",
    "image_broken": "图片文件已损坏，打不开，请重新拍照上传。",
    "image_truncated": "图片文件不完整，可能上传中断了，请重新上传。",
    "zip_broken": "压缩包已损坏，打不开，请重新打包或直接上传文件。",
    "zip_encrypted": "压缩包设有密码，请取消密码后重新上传，或直接上传文件。",
    "zip_empty": "压缩包里没有文件。",
    "zip_unsafe_path": "压缩包里这个文件的路径不安全，没有读取，请直接上传该文件。",
    "zip_bomb": "压缩包解开后异常巨大，没有读取，请直接上传文件。",
    "zip_nested": "压缩包里又套了压缩包，没有读取，请解开后上传。",
    "zip_link": "压缩包里的这一项是链接而不是文件，没有读取。",
    "decode_timeout": "打开这个文件用时太久，没有读取，请重新导出或拍照上传。",
    "decode_memory": "打开这个文件占用内存过多，没有读取，请用普通尺寸重新上传。",
    "decode_crashed": "这个文件无法打开，没有读取，请重新导出或拍照上传。",
    "disk_full": "存储空间不足，这个文件暂时没有读取；不是文件的问题，请稍后再试。",
    "machine_fault": "机器暂时不能读写文件，这个文件没有读取；不是文件的问题，请稍后再试。",
}


class FileProblem(Exception):  # noqa: N818 - a finding about an upload, not a fault of ours
    """A file or page cannot be used. Carries a code of :data:`MESSAGES`, nothing of the content."""

    def __init__(self, code: str) -> None:
        if code not in MESSAGES:
            raise KeyError(code)
        super().__init__(code)
        self.code = code


@contextmanager
def writing() -> Iterator[None]:
    """While the block writes: what the machine fails in is not told as a fault of the file.

    Raises:
        FileProblem: ``disk_full`` or ``machine_fault``.
    """
    try:
        yield
    except OSError as error:
        code = machine_fault(error)
        if code is None:
            raise
        raise FileProblem(code) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with one file, or with one page of it."""

    code: str
    file: str
    page: int | None = None


_WARNINGS = {"mislabelled", "too_many_pages"}


def alert_for(problem: Problem) -> Alert:
    """Turn a problem into the alert that reports show."""
    severity = Severity.WARNING if problem.code in _WARNINGS else Severity.ERROR
    return Alert(
        code=problem.code,
        severity=severity,
        message=MESSAGES[problem.code],
        file=problem.file,
        page=problem.page,
    )
