# Starts Sentinel's hook, then the sitecustomize that this Python would have had. Written by sentinel's install.
import os
import sys

try:
    sys.path.insert(0, "@FOLDER@")
    try:
        import sentinel_guard
    finally:
        sys.path.remove("@FOLDER@")
    sentinel_guard.start()
except BaseException as error:
    # Python prints what is raised here and goes on, and must not go on without the hook.
    os.write(2, ascii("sentinel: the Python hook did not start, so Python does not either: %s" % error)[1:-1].encode() + b"\n")
    os._exit(78)


def _follow():
    """Runs the sitecustomize that stood here before, or else the next one on the path, in the place of this one."""
    from _frozen_importlib import module_from_spec, spec_from_loader
    from _frozen_importlib_external import PathFinder, SourceFileLoader

    here = os.path.dirname(os.path.abspath(__file__))
    before = os.path.join(here, "_sitecustomize_before_sentinel.py")
    if os.path.exists(before):
        spec = spec_from_loader(__name__, SourceFileLoader(__name__, before))
    else:
        spec = PathFinder.find_spec(__name__, [folder for folder in sys.path if os.path.abspath(folder or ".") != here])
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules[__name__] = module
        spec.loader.exec_module(module)


_follow()
