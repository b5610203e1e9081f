"""From files to a handbook."""

from careflow.loader.files import load_handbook, load_mapping

__all__ = ["load_handbook", "load_mapping"]
