"""The recipes, with weights as uploads to a benefits portal come in: mostly photographs, mostly fair ones."""

from __future__ import annotations

from collections.abc import Mapping

from data_samples.factory.camera.recipe import CameraRecipe, Step

__all__ = ["RECIPES", "UNUSABLE"]

_HELD = (
    Step("skew", 0.0, 0.35),
    Step("perspective", 0.0, 0.45),
    Step("distance", 0.02, 0.6),
)
_PHONE = (
    *_HELD,
    Step("sensor", 0.15, 0.6),
    Step("uneven_light", 0.05, 0.4),
    Step("white_balance", 0.0, 0.5),
    Step("jpeg", 0.05, 0.4, 0.5),
)
_SOME_WEAR = (
    Step("fold", 0.15, 0.5, 0.25),
    Step("curl", 0.04, 0.2, 0.4),
    Step("crumple", 0.05, 0.2, 0.15),
    Step("pen", 0.1, 0.4, 0.12),
    Step("staple", 0.4, 1.0, 0.12),
    Step("bleed_through", 0.1, 0.5, 0.1),
)
_TAKEN = {"exif": 0.55, "turned": 0.07}


def _phone(id: str, weight: float, *steps: Step, base: tuple[Step, ...] = _PHONE, **more: object) -> CameraRecipe:
    """A phone photograph: steps given replace those of the same name in ``base``."""
    own = {step.name for step in steps}
    whole = (*(step for step in base if step.name not in own), *steps)
    settings: dict[str, object] = {"medium": "photo", **_TAKEN, **more}
    return CameraRecipe(id=id, weight=weight, steps=whole, **settings)  # type: ignore[arg-type]


def _scan(id: str, weight: float, *steps: Step, **more: object) -> CameraRecipe:
    settings: dict[str, object] = {"medium": "scan", "stage": "glass", "turned": 0.04, "quality": (70, 90), **more}
    return CameraRecipe(id=id, weight=weight, steps=steps, **settings)  # type: ignore[arg-type]


_PHOTOS = (
    _phone("phone-good-light", 35, *_SOME_WEAR),
    _phone("phone-lamp", 8, Step("uneven_light", 0.4, 1.0), Step("white_balance", 0.3, 1.0), *_SOME_WEAR),
    _phone(
        "phone-dim",
        5,
        Step("low_light", 0.3, 0.9),
        Step("noise", 0.3, 0.9),
        Step("white_balance", 0.2, 0.9),
        Step("motion", 0.1, 0.5, 0.5),
        Step("defocus", 0.1, 0.5, 0.4),
        *_SOME_WEAR,
    ),
    _phone("phone-shadow", 6, Step("shadow", 0.3, 1.0), Step("skew", 0.0, 0.5), *_SOME_WEAR),
    _phone(
        "phone-in-hand",
        6,
        Step("curl", 0.25, 0.9),
        Step("finger", 0.3, 1.0),
        Step("distance", 0.02, 0.35),
        Step("skew", 0.05, 0.7),
        Step("fold", 0.1, 0.5, 0.3),
        Step("defocus", 0.0, 0.4, 0.4),
        surfaces=("room", "room", "tiles", "dark"),
    ),
    _phone("phone-folded", 6, Step("fold", 0.45, 1.0), Step("crumple", 0.05, 0.25, 0.3), Step("shadow", 0.1, 0.5, 0.3)),
    _phone("phone-crumpled", 3, Step("crumple", 0.35, 1.0), Step("fold", 0.2, 0.6, 0.5), Step("curl", 0.05, 0.3, 0.5)),
    _phone("phone-curled", 3, Step("curl", 0.4, 1.0), Step("perspective", 0.1, 0.6), Step("shadow", 0.1, 0.5, 0.3)),
    _phone("phone-chat-app", 9, Step("downscale", 0.1, 0.9), Step("distance", 0.0, 0.25), *_SOME_WEAR, exif=0.0),
    _phone("phone-tilted", 4, Step("perspective", 0.6, 1.0), Step("skew", 0.1, 0.9), *_SOME_WEAR),
    _phone("phone-glare", 3, Step("glare", 0.3, 1.0), Step("curl", 0.05, 0.3, 0.5), Step("sensor", 0.2, 0.6)),
    _phone("phone-soft-focus", 3, Step("defocus", 0.3, 0.9), *_SOME_WEAR),
    _phone("phone-shaken", 3, Step("motion", 0.3, 0.9), *_SOME_WEAR),
    _phone(
        "phone-worn-paper",
        4,
        Step("stain", 0.2, 0.9, 0.6),
        Step("holes", 0.7, 1.0, 0.4),
        Step("pen", 0.2, 1.0, 0.6),
        Step("highlighter", 0.3, 1.0, 0.4),
        Step("staple", 0.4, 1.0, 0.3),
        Step("fold", 0.2, 0.8, 0.5),
        Step("crumple", 0.1, 0.5, 0.4),
        Step("bleed_through", 0.2, 0.8, 0.2),
    ),
    _phone("phone-faint-print", 3, Step("faint", 0.3, 1.0), *_SOME_WEAR),
    _phone(
        "phone-of-photocopy", 3, Step("photocopy", 0.3, 0.9), Step("pen", 0.1, 0.6, 0.3), Step("fold", 0.1, 0.5, 0.3)
    ),
    _phone("phone-margin-cut", 3, Step("cut", 0.03, 0.13), Step("distance", 0.0, 0.2), *_SOME_WEAR),
    _phone(
        "phone-of-screen",
        3,
        Step("moire", 0.25, 0.9),
        Step("uneven_light", 0.0, 0.25),
        Step("glare", 0.05, 0.35, 0.3),
        Step("distance", 0.0, 0.35),
        surfaces=("monitor",),
    ),
    _phone("phone-two-sheets", 4, Step("distance", 0.0, 0.2), *_SOME_WEAR, sheets=2, longest=(2600, 3000)),
    _phone("phone-three-sheets", 1, Step("distance", 0.0, 0.1), sheets=3, longest=(2900, 3000)),
    _phone(
        "phone-hurried",
        3,
        Step("skew", 0.3, 1.0),
        Step("perspective", 0.3, 0.8),
        Step("shadow", 0.2, 0.8),
        Step("motion", 0.1, 0.5),
        Step("fold", 0.2, 0.7, 0.6),
        Step("finger", 0.3, 0.7, 0.5),
        Step("jpeg", 0.2, 0.7),
        turned=0.3,
    ),
)
_BAD_PHOTOS = (
    _phone("unusable-motion", 0.8, Step("smear", 0.6, 1.0), unusable=("blurred",)),
    _phone("unusable-out-of-focus", 0.6, Step("lost_focus", 0.7, 1.0), unusable=("blurred",)),
    _phone("unusable-glare", 0.6, Step("burnt_out", 0.9, 1.0), Step("distance", 0.0, 0.2), unusable=("glare",)),
    _phone("unusable-dark", 0.6, Step("too_dark", 0.92, 1.0), Step("noise", 0.8, 1.0), unusable=("too_dark",)),
    _phone("unusable-far-away", 0.6, fill=(0.14, 0.2), longest=(2000, 2200), unusable=("text_too_small",)),
    _phone("unusable-cut", 0.8, Step("cut", 0.5, 1.0), unusable=("cut_off",)),
    _phone("unusable-covered", 0.5, Step("covered", 0.7, 1.0), unusable=("covered",)),
    _phone("unusable-back-of-sheet", 0.4, subject="back", unusable=("blank_page",)),
    _phone(
        "unusable-not-a-document",
        0.4,
        Step("defocus", 0.0, 0.6),
        subject="nothing",
        surfaces=("room", "bedsheet", "wood", "tiles", "stone"),
        unusable=("not_document",),
    ),
)
_SCANS = (
    _scan(
        "scan-flatbed",
        28,
        Step("skew", 0.0, 0.35),
        Step("scanned", 0.1, 0.6),
        Step("dust", 0.05, 0.6, 0.5),
        Step("dark_edge", 0.1, 0.7, 0.4),
    ),
    _scan(
        "scan-sheet-fed",
        24,
        Step("skew", 0.0, 0.8),
        Step("scanned", 0.2, 0.8),
        Step("feed_line", 0.2, 0.9, 0.35),
        black_lid=0.4,
    ),
    _scan(
        "scan-grey",
        12,
        Step("skew", 0.0, 0.5),
        Step("scanned", 0.2, 0.9),
        Step("grey", 1.0, 1.0),
        Step("dust", 0.1, 0.6, 0.4),
        grey=True,
    ),
    _scan(
        "scan-bitonal",
        7,
        Step("skew", 0.0, 0.5),
        Step("bitonal", 0.2, 1.0),
        Step("dust", 0.1, 0.8, 0.4),
        dpi=(200,),
        grey=True,
    ),
    _scan(
        "scan-of-photocopy",
        9,
        Step("photocopy", 0.3, 1.0),
        Step("skew", 0.1, 0.9),
        Step("scanned", 0.2, 0.7),
        Step("pen", 0.1, 0.5, 0.2),
        grey=True,
    ),
    _scan("scan-fax", 3, Step("fax", 0.2, 1.0), Step("skew", 0.1, 0.7), dpi=(200,), grey=True),
    _scan(
        "scan-worn-paper",
        6,
        Step("fold", 0.2, 1.0, 0.7),
        Step("holes", 0.8, 1.0, 0.5),
        Step("staple", 0.5, 1.0, 0.3),
        Step("stain", 0.1, 0.7, 0.3),
        Step("highlighter", 0.3, 1.0, 0.2),
        Step("pen", 0.2, 0.9, 0.5),
        Step("skew", 0.0, 0.6),
        Step("scanned", 0.2, 0.7),
        Step("dark_edge", 0.2, 0.8, 0.5),
        black_lid=0.3,
    ),
    _scan(
        "scan-faint-print",
        3,
        Step("faint", 0.3, 1.0),
        Step("skew", 0.0, 0.5),
        Step("scanned", 0.2, 0.6),
        Step("bleed_through", 0.2, 0.8, 0.3),
    ),
    CameraRecipe(
        id="scan-app",
        medium="scan",
        weight=14,
        steps=(
            Step("perspective", 0.0, 0.15),
            Step("skew", 0.0, 0.1),
            Step("uneven_light", 0.1, 0.7),
            Step("shadow", 0.1, 0.6, 0.4),
            Step("curl", 0.02, 0.15, 0.5),
            Step("fold", 0.1, 0.5, 0.3),
            Step("sensor", 0.2, 0.5),
            Step("enhance", 0.3, 0.9),
            Step("grey", 1.0, 1.0, 0.3),
        ),
        fill=(0.985, 1.0),
        longest=(1800, 2600),
        quality=(60, 85),
        turned=0.04,
    ),
)
_SCREENS = (
    CameraRecipe(
        id="screenshot-whole",
        medium="screen",
        weight=50,
        stage="flat",
        steps=(Step("status_bar", 1.0, 1.0), Step("downscale", 0.0, 0.4, 0.3)),
        quality=(85, 95),
    ),
    CameraRecipe(
        id="screenshot-cropped",
        medium="screen",
        weight=25,
        stage="flat",
        steps=(Step("screenshot_crop", 0.3, 1.0),),
        quality=(80, 95),
    ),
    CameraRecipe(
        id="screenshot-chat-app",
        medium="screen",
        weight=25,
        stage="flat",
        steps=(Step("status_bar", 1.0, 1.0, 0.6), Step("downscale", 0.3, 1.0), Step("jpeg", 0.3, 0.8)),
        quality=(60, 80),
    ),
)

UNUSABLE: Mapping[str, CameraRecipe] = {recipe.id: recipe for recipe in _BAD_PHOTOS}
RECIPES: Mapping[str, CameraRecipe] = {recipe.id: recipe for recipe in (*_PHOTOS, *_BAD_PHOTOS, *_SCANS, *_SCREENS)}
"""By id. Draw by weight among those of one medium; those that nobody can read are in ``UNUSABLE`` as well."""
