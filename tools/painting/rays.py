"""Rays and solids: a camera, a few convex bodies, what a ray meets first and what lies in shadow.

World coordinates are meters: x to the right, y away from the viewer, z up; the ground is z = 0. Bundles of
rays are arrays (3, N): origins and unit directions; distances run along the ray.
"""

from dataclasses import dataclass

import numpy as np

FAR = 1e9


@dataclass(frozen=True)
class Camera:
    """A pinhole at `eye` that looks along +y, with its horizon at a share of the picture's height.

    A level camera with a shifted plate, as architects' photographers use, keeps every upright upright.
    """

    eye: tuple
    width: int
    height: int
    focal: float  # in picture widths
    horizon: float = 0.5  # from the top
    turn: float = 0.0  # radians, to the right

    def directions(self):
        """Unit directions (3, H * W) through the centers of the pixels, row by row."""
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        across = (x.ravel() + 0.5 - self.width / 2) / (self.focal * self.width)
        up = (self.horizon * self.height - y.ravel() - 0.5) / (self.focal * self.width)
        c, s = np.cos(self.turn), np.sin(self.turn)
        rays = np.stack([c * across + s, c - s * across, up])
        return rays / np.sqrt((rays**2).sum(axis=0))


@dataclass(frozen=True)
class Convex:
    """A body bounded by planes: normals (k, 3) outwards, offsets (k,); inside is normal . p <= offset."""

    normals: np.ndarray
    offsets: np.ndarray
    center: np.ndarray
    reach: float  # radius of a sphere about the center that holds the body

    def intersect(self, origins, directions):
        """Distances of entry and exit (N,), entry = FAR for a miss, and the number of the plane entered by."""
        enter, leave = np.full(directions.shape[1], 1e-6), np.full(directions.shape[1], FAR)
        face = np.zeros(directions.shape[1], int)
        for number, (normal, offset) in enumerate(zip(self.normals, self.offsets, strict=True)):
            speed = normal @ directions
            gap = offset - normal @ origins
            at = gap / np.where(np.abs(speed) < 1e-12, 1e-12, speed)
            entering = speed < 0
            later = entering & (at > enter)
            enter, face = np.where(later, at, enter), np.where(later, number, face)
            leave = np.where(~entering & (at < leave), at, leave)
        return np.where(enter < leave, enter, FAR), leave, face

    def normal_at(self, points, face):
        """Outward unit normals (3, N) at points of the surface."""
        return self.normals[face].T


@dataclass(frozen=True)
class Column:
    """An upright round column that tapers from radius `base` at the foot to `top`."""

    foot: tuple
    tall: float
    base: float
    top: float

    @property
    def center(self):
        return np.array(self.foot) + np.array([0, 0, self.tall / 2])

    @property
    def reach(self):
        return np.hypot(self.tall / 2, max(self.base, self.top))

    def intersect(self, origins, directions):
        """As Convex.intersect; face 0 is the side, 1 the upper end."""
        o, slope = origins - np.array(self.foot)[:, None], (self.top - self.base) / self.tall
        radius, change = self.base + slope * o[2], slope * directions[2]
        a = directions[0] ** 2 + directions[1] ** 2 - change**2
        b = o[0] * directions[0] + o[1] * directions[1] - radius * change
        c = o[0] ** 2 + o[1] ** 2 - radius**2
        root = b * b - a * c
        side = (-b - np.sqrt(np.maximum(root, 0))) / np.maximum(a, 1e-12)
        z = o[2] + side * directions[2]
        side = np.where((root > 0) & (side > 1e-6) & (z >= 0) & (z <= self.tall), side, FAR)
        lid = (self.tall - o[2]) / np.where(np.abs(directions[2]) < 1e-12, 1e-12, directions[2])
        inside = (o[0] + lid * directions[0]) ** 2 + (o[1] + lid * directions[1]) ** 2 < self.top**2
        lid = np.where((lid > 1e-6) & inside & (directions[2] < 0), lid, FAR)
        return np.minimum(side, lid), np.minimum(side, lid), (lid < side).astype(int)

    def normal_at(self, points, face):
        """Outward unit normals (3, N) at points of the surface."""
        out = points[:2] - np.array(self.foot)[:2, None]
        out = out / np.maximum(np.hypot(*out), 1e-9)
        side = np.stack([out[0], out[1], np.full(out.shape[1], (self.base - self.top) / self.tall)])
        return np.where(face == 1, np.array([[0.0], [0.0], [1.0]]), side / np.sqrt((side**2).sum(axis=0)))


@dataclass(frozen=True)
class Ellipsoid:
    """A ball stretched to the three radii."""

    center: np.ndarray
    radii: np.ndarray

    @property
    def reach(self):
        return float(np.max(self.radii))

    def intersect(self, origins, directions):
        """As Convex.intersect."""
        scale = 1 / np.asarray(self.radii)[:, None]
        o, d = (origins - np.asarray(self.center)[:, None]) * scale, directions * scale
        a, b, c = (d * d).sum(axis=0), (o * d).sum(axis=0), (o * o).sum(axis=0) - 1
        root = b * b - a * c
        deep = np.sqrt(np.maximum(root, 0))
        enter = (-b - deep) / a
        return np.where((root > 0) & (enter > 1e-6), enter, FAR), (-b + deep) / a, np.zeros(len(a), int)

    def normal_at(self, points, face):
        """Outward unit normals (3, N) at points of the surface."""
        out = (points - np.asarray(self.center)[:, None]) / np.asarray(self.radii)[:, None] ** 2
        return out / np.sqrt((out**2).sum(axis=0))


def box(low, high):
    """The Convex body between two opposite corners (x, y, z)."""
    low, high = np.array(low, float), np.array(high, float)
    normals = np.concatenate([-np.eye(3), np.eye(3)])
    return Convex(normals, np.concatenate([-low, high]), (low + high) / 2, float(np.linalg.norm(high - low) / 2))


def frustum(low, high, inset):
    """A box whose upper side is drawn in by `inset` = (x, y) meters on each side: a hipped roof, or a pyramid."""
    low, high = np.array(low, float), np.array(high, float)
    tall, corners = high[2] - low[2], np.concatenate([-low[:2], high[:2]])
    normals, offsets = [], []
    for axis, sign in ((0, -1), (1, -1), (0, 1), (1, 1)):
        normal = np.zeros(3)
        normal[axis], normal[2] = sign * tall, inset[axis]
        size = np.linalg.norm(normal)
        offsets.append((corners[len(offsets)] * tall + inset[axis] * low[2]) / size)
        normals.append(normal / size)
    normals += [np.array([0, 0, 1.0]), np.array([0, 0, -1.0])]
    offsets += [high[2], -low[2]]
    return Convex(np.array(normals), np.array(offsets), (low + high) / 2, float(np.linalg.norm(high - low) / 2))


def cast(bodies, origins, directions):
    """What each ray meets first: distance (N,), FAR for nothing; number of the body (N,), -1 for nothing; face (N,)."""
    distance = np.full(directions.shape[1], FAR)
    which, face = np.full(directions.shape[1], -1), np.zeros(directions.shape[1], int)
    for part, likely in _bundles(bodies, origins, directions):
        for number in likely:
            body = bodies[number]
            near = part[_passes(body, origins[:, part], directions[:, part])]
            at, _, side = body.intersect(origins[:, near], directions[:, near])
            first = at < distance[near]
            hit = near[first]
            distance[hit], which[hit], face[hit] = at[first], number, side[first]
    return distance, which, face


def find_shadows(bodies, points, direction, within=FAR):
    """Whether a body stands within so many meters of each point in the direction `direction`, (3,) or (3, N)."""
    dark = np.zeros(points.shape[1], bool)
    direction = np.broadcast_to(np.asarray(direction, float).reshape(3, -1), points.shape)
    for part, likely in _bundles(bodies, points, direction, within):
        for number in likely:
            near = part[~dark[part]]
            near = near[_passes(bodies[number], points[:, near], direction[:, near])]
            directions = direction[:, near]
            dark[near] = bodies[number].intersect(points[:, near] + 1e-3 * directions, directions)[0] < within
    return dark


def normals(bodies, points, which, face):
    """Outward unit normals (3, N) where cast() hit a body; straight up elsewhere."""
    out = np.zeros_like(points)
    out[2] = 1
    for number, body in enumerate(bodies):
        mine = np.flatnonzero(which == number)
        if len(mine):
            out[:, mine] = body.normal_at(points[:, mine], face[mine])
    return out


def tiles(height, width, side=40):
    """The pixels of a picture, row by row numbers, reordered tile by tile: rays in this order keep together."""
    grid = np.arange(height * width).reshape(height // side, side, width // side, side)
    return grid.swapaxes(1, 2).ravel()


def _bundles(bodies, origins, directions, within=FAR, size=1600):
    """Runs of rays (their numbers), each with the numbers of the bodies that its cone may touch."""
    centers, reaches = np.array([body.center for body in bodies]), np.array([body.reach for body in bodies])
    for start in range(0, directions.shape[1], size):
        part = np.arange(start, min(start + size, directions.shape[1]))
        o, d = origins[:, part], directions[:, part]
        middle, axis = o.mean(axis=1), d.mean(axis=1) + 1e-9
        axis = axis / np.linalg.norm(axis)
        wide = np.arccos(np.clip((axis @ d).min(), -1, 1))
        reach = reaches + np.sqrt(((o - middle[:, None]) ** 2).sum(axis=0).max())
        far = np.maximum(np.linalg.norm(centers - middle, axis=1), 1e-9)
        off = np.arccos(np.clip((centers - middle) @ axis / far, -1, 1))
        touched = (far <= reach) | (off <= wide + np.arcsin(np.clip(reach / far, 0, 1)) + 1e-6)
        yield part, np.flatnonzero(touched & (far - reach < within))


def _passes(body, origins, directions):
    offset = np.asarray(body.center)[:, None] - origins
    along = (offset * directions).sum(axis=0)
    return ((offset**2).sum(axis=0) - along**2 < body.reach**2 * 1.001) & (along > -body.reach)
