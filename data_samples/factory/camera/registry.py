"""Every effect by the name that truth gives it."""

from __future__ import annotations

from collections.abc import Mapping

from data_samples.factory.camera.paper.bleed import bleed_through
from data_samples.factory.camera.paper.crumple import crumple
from data_samples.factory.camera.paper.curl import curl
from data_samples.factory.camera.paper.faint import faint
from data_samples.factory.camera.paper.fax import fax
from data_samples.factory.camera.paper.fold import fold
from data_samples.factory.camera.paper.highlighter import highlighter
from data_samples.factory.camera.paper.holes import holes
from data_samples.factory.camera.paper.pen import pen
from data_samples.factory.camera.paper.photocopy import photocopy
from data_samples.factory.camera.paper.stain import stain
from data_samples.factory.camera.paper.staple import staple
from data_samples.factory.camera.phone.cut import cut
from data_samples.factory.camera.phone.enhance import enhance
from data_samples.factory.camera.phone.file import downscale, jpeg
from data_samples.factory.camera.phone.finger import covered, finger
from data_samples.factory.camera.phone.focus import defocus, lost_focus, motion, smear
from data_samples.factory.camera.phone.glare import burnt_out, glare
from data_samples.factory.camera.phone.light import low_light, too_dark, uneven_light, white_balance
from data_samples.factory.camera.phone.moire import moire
from data_samples.factory.camera.phone.sensor import noise, sensor
from data_samples.factory.camera.phone.shadow import shadow
from data_samples.factory.camera.scanner.glass import dark_edge, dust, feed_line, scanned
from data_samples.factory.camera.scanner.tone import bitonal, grey
from data_samples.factory.camera.screen.shown import screenshot_crop, status_bar
from data_samples.factory.camera.shot import Effect, Phase

__all__ = ["EFFECTS", "ERASING"]

EFFECTS: Mapping[str, Effect] = {
    # Paper
    "faint": Effect(Phase.INK, leaf=faint),
    "bleed_through": Effect(Phase.INK, leaf=bleed_through),
    "photocopy": Effect(Phase.COPY, leaf=photocopy),
    "fax": Effect(Phase.COPY, leaf=fax),
    "highlighter": Effect(Phase.SHEET, leaf=highlighter),
    "pen": Effect(Phase.SHEET, leaf=pen),
    "stain": Effect(Phase.SHEET, leaf=stain),
    "staple": Effect(Phase.SHEET, leaf=staple),
    "holes": Effect(Phase.SHEET, leaf=holes),
    "fold": Effect(Phase.SHEET, leaf=fold),
    "crumple": Effect(Phase.SHEET, leaf=crumple),
    "curl": Effect(Phase.SHEET, leaf=curl),
    # Where camera and sheet are
    "skew": Effect(Phase.LAYOUT),
    "perspective": Effect(Phase.LAYOUT),
    "distance": Effect(Phase.LAYOUT),
    # Phone
    "finger": Effect(Phase.SCENE, frame=finger),
    "covered": Effect(Phase.SCENE, frame=covered),
    "cut": Effect(Phase.SCENE, frame=cut),
    "uneven_light": Effect(Phase.LIGHT, frame=uneven_light),
    "shadow": Effect(Phase.LIGHT, frame=shadow),
    "low_light": Effect(Phase.LIGHT, frame=low_light),
    "too_dark": Effect(Phase.LIGHT, frame=too_dark),
    "white_balance": Effect(Phase.LIGHT, frame=white_balance),
    "glare": Effect(Phase.LIGHT, frame=glare),
    "burnt_out": Effect(Phase.LIGHT, frame=burnt_out),
    "moire": Effect(Phase.LENS, frame=moire),
    "defocus": Effect(Phase.LENS, frame=defocus),
    "lost_focus": Effect(Phase.LENS, frame=lost_focus),
    "motion": Effect(Phase.LENS, frame=motion),
    "smear": Effect(Phase.LENS, frame=smear),
    "noise": Effect(Phase.SENSOR, frame=noise),
    "sensor": Effect(Phase.SENSOR, frame=sensor),
    "enhance": Effect(Phase.FILE, frame=enhance),
    # Scanner
    "dark_edge": Effect(Phase.LIGHT, frame=dark_edge),
    "dust": Effect(Phase.LIGHT, frame=dust),
    "scanned": Effect(Phase.SENSOR, frame=scanned),
    "feed_line": Effect(Phase.FILE, frame=feed_line),
    "grey": Effect(Phase.FILE, frame=grey),
    "bitonal": Effect(Phase.FILE, frame=bitonal),
    # Screen
    "status_bar": Effect(Phase.SCENE, frame=status_bar),
    "screenshot_crop": Effect(Phase.SCENE, frame=screenshot_crop),
    # File
    "downscale": Effect(Phase.FILE, frame=downscale),
    "jpeg": Effect(Phase.FILE, frame=jpeg),
}

ERASING = frozenset({"covered", "cut", "too_dark", "burnt_out", "lost_focus", "smear"})
"""Effects after which print may be gone; all others leave it legible."""
