"""`eecs598`: what its modules hold, and the functions that notebooks use directly."""

from linclf.compat.umich import data, grad, utils, vis
from linclf.compat.umich.utils import reset_seed
from linclf.compat.umich.vis import tensor_to_image, visualize_dataset

__all__ = ["data", "grad", "reset_seed", "tensor_to_image", "utils", "vis", "visualize_dataset"]
