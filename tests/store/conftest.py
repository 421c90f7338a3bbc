from tests.desks import demo_folder, desk, folder, reader
from tests.disks import small_disk

__all__ = ["demo_folder", "desk", "folder", "reader", "small_disk"]
