// Photographs made smaller before they are sent: a page needs 3200 pixels, a slow network needs every byte it can spare.
"use strict";

(() => {
  const yushen = (window.yushen ??= {});
  const QUALITY = 0.9;
  const KINDS = new Set(["image/jpeg", "image/png", "image/webp", "image/bmp"]);
  const SMALL = 1_200_000; // bytes; a picture of the right size that is no larger goes as it is

  // Returns a JPEG no longer than `side`, upright as EXIF says; the file itself where it cannot or need not be drawn
  // (HEIC, PDF, archives, small pictures). Drawing drops EXIF: the place where the photograph was taken is not sent.
  yushen.shrink = async (file, side) => {
    if (!KINDS.has(file.type) || !window.createImageBitmap) return file;
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return file; // broken or unknown: the server says what is wrong with it
    }
    try {
      const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
      if (scale === 1 && file.size <= SMALL) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const pen = canvas.getContext("2d", { alpha: false });
      pen.fillStyle = "#fff"; // transparent parts of a PNG would come out black
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      canvas.width = canvas.height = 0; // phones give the memory back at once
      if (!made || (scale === 1 && made.size >= file.size)) return file;
      return new File([made], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    } catch {
      return file; // no memory for the canvas
    } finally {
      bitmap.close();
    }
  };
})();
