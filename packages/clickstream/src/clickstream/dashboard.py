"""The R Shiny dashboard of this repository: where it lies, and what it needs of the machine."""

import shutil
import subprocess
from pathlib import Path

R_PACKAGES = ("shiny", "bslib", "future", "httr2", "promises", "RPostgreSQL")
APT_LINE = "apt-get install --no-install-recommends r-base-core " + " ".join(
    f"r-cran-{package.lower()}" for package in R_PACKAGES
)

REPOSITORY = Path(__file__).parents[4]
FOLDER = REPOSITORY / "shiny"
CHARTS = FOLDER / "www" / "echarts.min.js"


def missing() -> list[str]:
    """What the dashboard lacks on this machine, one remedy each; empty where it can run."""
    lacking = []
    if not (FOLDER / "run.R").is_file():
        return [f"the dashboard's source is not at {FOLDER}: run from a checkout of the repository"]
    if shutil.which("Rscript") is None:
        lacking.append(f"R is not installed: {APT_LINE}")
    elif packages := missing_packages():
        lacking.append(f"R lacks {', '.join(packages)}: {APT_LINE}")
    if not CHARTS.is_file():
        lacking.append(f"the chart library {CHARTS.relative_to(REPOSITORY)} is missing: make setup")
    return lacking


def missing_packages() -> list[str]:
    """The R packages that are not installed; all where R does not answer."""
    names = ", ".join(f'"{package}"' for package in R_PACKAGES)
    question = f'cat(Filter(function(p) !nzchar(system.file(package = p)), c({names})), sep = "\\n")'
    command = ["Rscript", "--vanilla", "-e", question]
    try:
        answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return list(R_PACKAGES)
    return answer.stdout.split()
