from tests.desks import demo_folder, desk, folder, reader

__all__ = ["demo_folder", "desk", "folder", "reader"]
