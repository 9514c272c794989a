"""The rules engine: pure Python over typed facts, no input or output beyond loading YAML."""

from rules.engine.cases import run_cases
from rules.engine.checking import check_rules
from rules.engine.errors import RuleError
from rules.engine.finding_disease import find_disease, screen
from rules.engine.judge import judge
from rules.engine.loader import load_region
from rules.engine.ruleset import Region, Rule
from rules.engine.show import list_rules, show_rule

__all__ = [
    "Region",
    "Rule",
    "RuleError",
    "check_rules",
    "find_disease",
    "judge",
    "list_rules",
    "load_region",
    "run_cases",
    "screen",
    "show_rule",
]
