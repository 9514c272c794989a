"""Paper and camera: clean pages become scans, photographs and screenshots, and truth moves along with the pixels.

    CleanPage ─▶ Leaf (ink, copy, folds) ─▶ lay (desk, camera) ─▶ Frame (light, lens, sensor, file) ─▶ CapturedPage

``EFFECTS`` lists every effect with a strength from 0 to 1; a recipe composes them with chances. The same generator
state gives the same picture.
"""

from __future__ import annotations

from data_samples.factory.camera.recipe import CameraRecipe, Step, alone
from data_samples.factory.camera.recipes import RECIPES, UNUSABLE
from data_samples.factory.camera.registry import EFFECTS, ERASING
from data_samples.factory.camera.taking import capture

__all__ = ["EFFECTS", "ERASING", "RECIPES", "UNUSABLE", "CameraRecipe", "Step", "alone", "capture"]
