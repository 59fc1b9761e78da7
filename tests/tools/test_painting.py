"""The laws of the painting code: noise, brush, flow, rays, stone and tiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.painting import brush, clouds, color, flow, noise, rays, shapes, stone, terrain, tilework, turbulence

SUN = np.array([0.6, 0.0, 0.8])


# Noise and color


@given(st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)), min_size=1, max_size=40))
def test_hashes_are_numbers_from_zero_to_one_that_depend_on_nothing_else(pairs):
    a, b = np.array(pairs).T
    numbers = noise.hash01(a, b)
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert (numbers[::-1] == noise.hash01(a[::-1], b[::-1])).all()


def test_hashes_of_neighbors_are_spread_evenly():
    numbers = noise.hash01(*np.indices((100, 100)))
    assert abs(numbers.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(numbers[:, 1:].ravel(), numbers[:, :-1].ravel())[0, 1]) < 0.03


def test_gradient_noise_vanishes_on_the_lattice_and_repeats_after_its_period():
    x, y = np.meshgrid(np.arange(-3.0, 4), np.arange(5.0))
    assert np.abs(noise.gradient_noise(x, y)).max() == 0
    inside = noise.gradient_noise(x + 0.37, y + 0.61)
    np.testing.assert_allclose(noise.gradient_noise(x + 0.37 + noise.PERIOD, y + 0.61), inside, atol=1e-12)
    assert inside.std() > 0.1


def test_the_second_nearest_cell_is_never_nearer_than_the_first():
    x, y = np.random.default_rng(1).uniform(-20, 20, (2, 500))
    first, second, number = noise.cells(x, y)
    assert ((first >= 0) & (second >= first) & (number >= 0) & (number < 1)).all()


@given(st.floats(0, 1e6))
@settings(max_examples=50)
def test_film_keeps_any_light_within_the_display(radiance):
    assert 0 <= color.film_curve(np.array([radiance])) <= 1


def test_shrinking_undoes_enlarging():
    picture = np.random.default_rng(2).random((6, 8, 3))
    np.testing.assert_allclose(color.shrink(color.enlarge(picture, 3), 3), picture)


def test_polygons_cover_their_inside_only():
    mask = shapes.polygon_mask((40, 40), [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)])
    assert mask[20, 20] > 0.99
    assert mask[2, 2] < 0.01


# The brush


def garden(height=90, width=120):
    y, x = np.mgrid[0:height, 0:width] / 40
    gray = noise.fbm(x, y, 3)
    return np.stack([0.5 + 0.3 * gray, 0.5 - 0.2 * gray, 0.4 + 0.2 * x / 3], axis=-1).clip(0, 1)


def distance(canvas, reference):
    return np.abs(canvas.color - reference).mean()


def test_each_smaller_brush_brings_the_canvas_nearer_to_the_reference():
    brushes = [brush.Brush(radius, 0.02, jitter=0, opacity=1) for radius in (12, 6, 3)]
    found = [distance(brush.paint(garden(), brushes[:count], ground=np.zeros(3)), garden()) for count in (1, 2, 3)]
    assert found[0] > found[1] > found[2]


def test_a_brush_leaves_alone_what_is_already_right():
    canvas = brush.Canvas(garden(), np.zeros((90, 120)))
    brush.paint_layer(canvas, garden(), brush.Brush(4, 0.2), seed=0)
    assert (canvas.color == garden()).all()


def test_the_last_bit_of_a_float_moves_hardly_a_stroke():
    brushes = [brush.Brush(8, 0), brush.Brush(4, 0.03)]
    shaken = garden() * (1 + 1e-15 * np.random.default_rng(3).normal(size=(90, 120, 3)))
    flat = flow.directions_at(np.full((90, 120), 0.4))
    here, there = (brush.paint(picture, brushes, flat, np.zeros(3)) for picture in (garden(), shaken))
    assert (np.abs(here.height - there.height) > 1e-9).mean() < 0.02
    assert np.abs(here.color - there.color).mean() < 0.2 / 255


def test_a_stroke_more_or_less_changes_no_other():
    points = np.random.default_rng(4).uniform(10, 80, (20, 1, 2)) + np.array([[0, 0], [0, 4], [0, 8]])
    strokes = brush.Strokes(points, np.full(20, 3), np.full((20, 3), 0.5))
    fewer = brush.Strokes(points[:-1], np.full(19, 3), np.full((19, 3), 0.5))
    both = [brush.Canvas.of_one_color((90, 120), np.zeros(3)) for _ in range(2)]
    for canvas, some in zip(both, (strokes, fewer), strict=True):
        brush.draw(canvas, some, brush.Brush(3), seed=1)
    row, column = np.rint(points[-1, 1]).astype(int)
    changed = np.argwhere(both[0].height != both[1].height)
    assert len(changed) > 0
    assert np.abs(changed - [row, column]).max() <= 10


def test_strokes_stay_on_the_canvas_and_within_their_length():
    thick = brush.Brush(5, 0, shortest=2, longest=6)
    strokes = brush.trace(garden(), garden() * 0, flow.directions_at(np.zeros((90, 120))), thick, seed=0)
    assert (strokes.points >= 0).all()
    assert (strokes.points <= [89, 119]).all()
    assert 1 <= strokes.counts.min() <= strokes.counts.max() <= 7


def test_strokes_run_along_the_edge_of_a_picture():
    picture = np.zeros((60, 60, 3))
    picture[:, 30:] = 1
    row, column = brush.edge_flow(picture, 4)[30, 30]
    assert abs(row) > 0.99 > 0.1 > abs(column)


def test_the_light_on_paint_falls_from_the_upper_left():
    canvas = brush.Canvas(np.full((60, 60, 3), 0.5), np.zeros((60, 60)))
    canvas.height[20:40, 20:40] = 5
    shown = brush.light_canvas(canvas)[..., 0]
    assert shown[25:35, 18:21].mean() > 0.5 > shown[25:35, 39:42].mean()


# Flow


def test_smearing_along_a_flow_keeps_an_even_tone_and_smooths_along_the_flow_only():
    along = flow.directions_at(np.zeros((40, 60)))
    np.testing.assert_allclose(flow.smear(np.full((40, 60), 0.3), along, 5), 0.3)
    smeared = flow.smear(np.random.default_rng(0).normal(size=(40, 60)), along, 8)
    assert np.abs(np.diff(smeared, axis=1)).mean() < 0.4 * np.abs(np.diff(smeared, axis=0)).mean()


def test_fluid_flows_without_sources_turns_without_sum_and_rests_inside_the_circle():
    vorticity, down, right = turbulence.simulate(60, 80, steps=40)
    slope = [
        np.fft.fft2(field) * 2j * np.pi * wave
        for field, wave in ((down, np.fft.fftfreq(60)[:, None]), (right, np.fft.fftfreq(80)[None]))
    ]
    assert np.abs(np.fft.ifft2(sum(slope))).max() < 1e-6
    assert abs(vorticity.mean()) < 1e-9
    assert np.hypot(down, right)[29:32, 19:22].mean() < 0.4 * np.hypot(down, right).mean()
    again = turbulence.simulate(60, 80, steps=40)[0]
    assert (again == vorticity).all()


# Rays, ground and sky


def test_a_ray_meets_a_box_where_it_stands():
    box = rays.box((-1, 4, 0), (1, 6, 2))
    ahead = np.array([[0.0, 0.0], [1.0, -1.0], [0.0, 0.0]])
    at, which, face = rays.cast([box], np.array([[0.0], [0.0], [1.0]]) * np.ones((1, 2)), ahead)
    assert at[0] == pytest.approx(4)
    assert (at[1], list(which)) == (rays.FAR, [0, -1])
    assert list(box.normal_at(np.zeros((3, 1)), face[:1])[:, 0]) == [0, -1, 0]


def test_a_pyramid_is_a_frustum_without_a_top():
    pyramid = rays.frustum((-2, -2, 0), (2, 2, 3), (2, 2))
    corners = np.array([[0, 0, 3], [2, 2, 0], [-2, 2, 0]])
    assert np.abs((corners @ pyramid.normals.T - pyramid.offsets).max(axis=1)).max() < 1e-12


def test_bodies_out_of_a_bundles_way_are_left_out_without_changing_what_is_seen():
    camera = rays.Camera((0, 0, 1.7), 80, 80, 0.7)
    bodies = [rays.box((x, y, 0), (x + 1, y + 1, 1 + x % 3)) for x in range(-9, 9, 3) for y in range(5, 40, 6)]
    bodies += [rays.Column((0.5, 9, 0), 4, 0.6, 0.5), rays.Ellipsoid(np.array([3.0, 8, 2]), np.array([1.0, 1, 2]))]
    directions = camera.directions()[:, rays.tiles(80, 80)]
    origins = np.array([[0.0], [0.0], [1.7]]) * np.ones((1, 6400))
    nearest = np.min([body.intersect(origins, directions)[0] for body in bodies], axis=0)
    np.testing.assert_allclose(rays.cast(bodies, origins, directions)[0], nearest)


def test_tiles_name_every_pixel_once():
    assert (np.sort(rays.tiles(80, 120)) == np.arange(9600)).all()


def test_a_shadow_falls_away_from_the_sun():
    box = rays.box((0, 0, 0), (1, 1, 1))
    points = np.array([[-0.5, 1.5], [0.5, 0.5], [0.01, 0.01]])
    assert list(rays.find_shadows([box], points, SUN)) == [True, False]
    assert list(rays.find_shadows([box], points, SUN, within=0.1)) == [False, False]


def test_flat_ground_is_met_where_geometry_says():
    camera = rays.Camera((0, 0, 2.0), 40, 40, 1.0, horizon=0.25)
    points = terrain.intersect(camera, lambda x, y: 0 * x, near=1, far=500).reshape(3, 40, 40)
    assert points[1, 30, 20] == pytest.approx(2.0 * 40 / 20.5, rel=0.02)
    assert np.isnan(points[:, :10]).all()


def test_light_that_clouds_hide_and_light_that_they_let_through_are_shares():
    glow, clear = clouds.render_clouds(rays.Camera((0, 0, 0), 24, 18, 0.7, 0.9).directions(), SUN, cover=0.45, steps=8)
    assert ((clear >= 0) & (clear <= 1) & (glow >= 0)).all()
    assert clear.min() < 0.3 < 0.9 < clear.max()


# Stone and tiles


def test_weathered_stone_has_colors_that_light_can_have_and_normals_of_length_one():
    points = np.random.default_rng(5).uniform(-5, 5, (3, 300))
    upright = np.tile([[0.0], [-1.0], [0.0]], 300)
    tones, bent = stone.color_weathered(points, upright, ("#6a5a48", "#a8957a", "#d9c9a8"), seed=1)
    assert ((tones >= 0) & (tones < 2)).all()
    np.testing.assert_allclose((bent**2).sum(axis=0), 1)


def test_a_drawing_fills_inside_and_outlines_the_edge():
    drawing = tilework.Drawing(30, 20, "#ffffff")
    drawing.fill([(10, 5), (20, 5), (20, 15), (10, 15)], "#ff0000")
    picture = drawing.picture()
    assert picture.shape == (20, 30, 3)
    np.testing.assert_allclose(picture[10, 15], [1, 0, 0])
    np.testing.assert_allclose(picture[10, 8], color.rgb(tilework.OUTLINE))
    np.testing.assert_allclose(picture[1, 1], [1, 1, 1])


def test_a_bend_has_its_length_and_turns_as_told():
    path = tilework.bend((5, 5), 0.0, np.pi / 2, 40.0, count=400)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() == pytest.approx(40)
    assert tilework.headings(path)[[0, -1]] == pytest.approx([0, np.pi / 2], abs=0.01)


def test_a_ribbon_is_as_wide_as_told_on_both_sides_of_its_path():
    path = np.stack([np.linspace(0, 10, 6), np.zeros(6)], axis=1)
    corners = tilework.ribbon(path, np.full(6, 4.0))
    np.testing.assert_allclose(corners[:6, 1], 2)
    np.testing.assert_allclose(corners[6:, 1], -2)


def test_the_edges_of_a_star_are_those_of_two_squares():
    corners = tilework.star((0, 0), 10)
    inner = np.abs(corners[1::2])
    assert np.linalg.norm(corners[::2], axis=1) == pytest.approx(10)
    assert inner.max(axis=1) == pytest.approx(10 * np.cos(np.pi / 4))
    assert inner.sum(axis=1) == pytest.approx(10)
