"""numpy and pandas, with a linear algebra library that starts threads."""

import multiprocessing

import numpy
import pandas


def total(seed):
    return float(numpy.random.default_rng(seed).random(1000).sum())


matrix = numpy.random.default_rng(1).random((400, 400))
assert numpy.allclose(matrix @ numpy.linalg.inv(matrix), numpy.eye(400))
assert numpy.linalg.svd(matrix, compute_uv=False).shape == (400,)
mapped = numpy.memmap("mapped", dtype="f8", mode="w+", shape=(1000,))
mapped[:] = 1
mapped.flush()
assert numpy.fromfile("mapped").sum() == 1000
with multiprocessing.Pool(2) as pool:
    assert len(pool.map(total, range(4))) == 4

frame = pandas.DataFrame({"key": list("abc") * 1000, "value": range(3000)})
frame.to_csv("frame.csv", index=False)
means = pandas.read_csv("frame.csv").groupby("key")["value"].mean()
assert list(means) == [1498.5, 1499.5, 1500.5]
assert frame.merge(means.rename("mean"), on="key").shape == (3000, 3)
frame.to_pickle("frame.pickle")
assert pandas.read_pickle("frame.pickle").equals(frame)
print("passed")
