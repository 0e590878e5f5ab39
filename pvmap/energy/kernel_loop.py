"""The compiled inner loop: the model of ``chain.py`` for 64 surfaces at a time.

Surfaces are lanes of the processor's vectors and hours follow one another, so that every sum runs over the hours in
order: a surface's result does not depend on its neighbours, the blocks or the threads. All trigonometry happened
before (``sky.py``); what is left of an hour is a dot product, a polynomial and some twenty multiplications.

Every part that costs each hour and that a run does not need is an argument that is None: numba compiles one variant
per set of parts present and drops the rest. ``fastmath={"contract"}`` allows fused multiply-add alone; reordering of
sums, which the full flag brings, would make results depend on the width of the vectors for 8 % of speed.
All compiled code lives in this file because numba's cache looks at the date of one file only.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from pvmap.compiled import njit

LANES = 64
LINE = 16  # entries of a sunlit table in a cache line, written one after the other

# Columns of `hours`, one row per step with light; WEIGHT is the first of four.
(
    EAST,
    NORTH,
    UP,
    NORMAL,
    ISOTROPIC,
    HORIZON,
    GROUND,
    POWER_AT_AIR,
    POWER_PER_LIGHT,
    GROUND_SUN,
    WEIGHT,
) = range(11)
N_HOUR_COLUMNS = WEIGHT + 4

LANE_ROWS = range(0, 33 * LANES, LANES)
# Rows of `lanes`, as offsets into its flat form: one array with fixed distances, of which the compiler can tell that
# what it writes (the last three rows) is not what it reads.
(
    PLANE_EAST,
    PLANE_NORTH,
    PLANE_UP,
    ISO,
    ISO_IAM,
    GROUND_LIGHT,  # of the ground's own light; of the sun between rows where they shade
    GROUND_LIGHT_IAM,
    DARK,  # horizon term below zero
    DARK_IAM,
    BRIGHT,  # horizon term above zero
    BRIGHT_IAM,
    AC_LINEAR,
    AC_SQUARE,
    ROW_EAST,
    ROW_NORTH,
    ROW_UP,
    ROW_FACE_EAST,
    ROW_FACE_NORTH,
    ROW_FACE_UP,
    REAR_DIFFUSE,
    REAR_GROUND,  # first of nine coefficients
    REAR_GROUND_1,
    REAR_GROUND_2,
    REAR_GROUND_3,
    REAR_GROUND_4,
    REAR_GROUND_5,
    REAR_GROUND_6,
    REAR_GROUND_7,
    REAR_GROUND_8,
    PROFILE_SHARE,
    ENERGY,
    LIGHT,
    POWER,
) = LANE_ROWS

HALF, ONE, ZERO, AC_CONSTANT, AC_LIMIT, REAR_BEAM, BLOCKS, PER_BLOCK, TOUCHED, LEAST = range(10)  # of `constants`
DEGREES = {"float64": 18, "float32": 12}  # of the polynomial for the beam's IAM


def _polynomial(x, c):
    """Value at ``x`` of the polynomial with coefficients ``c``, lowest first; compiled by what follows."""
    return np.polynomial.polynomial.polyval(x, c)


@overload(_polynomial, inline="always")
def _compile_polynomial(x, c):
    """Write out a polynomial of degree 18 or 12, even and odd powers apart: two short chains that run side by side."""

    def degree_18(x, c):
        y = x * x
        even = (
            (((((((c[18] * y + c[16]) * y + c[14]) * y + c[12]) * y + c[10]) * y + c[8]) * y + c[6]) * y + c[4]) * y
            + c[2]
        ) * y + c[0]
        odd = (
            ((((((c[17] * y + c[15]) * y + c[13]) * y + c[11]) * y + c[9]) * y + c[7]) * y + c[5]) * y + c[3]
        ) * y + c[1]
        return even + x * odd

    def degree_12(x, c):
        y = x * x
        even = (((((c[12] * y + c[10]) * y + c[8]) * y + c[6]) * y + c[4]) * y + c[2]) * y + c[0]
        odd = ((((c[11] * y + c[9]) * y + c[7]) * y + c[5]) * y + c[3]) * y + c[1]
        return even + x * odd

    return degree_18 if len(c) == 19 else degree_12


@intrinsic
def _prefer_wide_vectors(typing_context):
    """Let the compiler use all 512 bits where the processor has them.

    LLVM keeps to 256 bits on Intel's, which paid off when wide vectors slowed the clock. Results are the same either
    way: a lane is a lane.
    """

    def generate(context, builder, signature, arguments):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # a key llvmlite has no name for
        return context.get_dummy_value()

    return types.void(), generate


@njit(cache=True, error_model="numpy", fastmath={"contract"}, _nrt=False)
def _power(entering, warming, heat, inverter, linear, square):
    """AC power of light on the cells: power by heat, then PVWatts' inverter, a parabola between its limits."""
    power_at_air, power_per_light = heat
    constant, limit, zero = inverter
    cells = entering * (power_at_air + power_per_light * warming)
    return max(min(constant + cells * (linear + cells * square), limit), zero)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"}, boundscheck=False)
def simulate_block(
    hours,
    nodes,
    month_start,
    lanes,
    iam,
    constants,
    horizon,
    rows,
    across,
    electrical,
    rear,
    sunlit,
    profile,
    energy,
    poa,
):
    """Run one block of 64 surfaces through the year.

    Parameters
    ----------
    hours
        (step, N_HOUR_COLUMNS) what all surfaces share.
    nodes
        (step, 4) entries of `sunlit` around the sun's position; unsigned, or each look-up would first ask for its sign.
    month_start
        (13,) first step of each month, and the end.
    lanes
        (row x 64,) what each surface brings, by LANE_ROWS; the last three are overwritten.
    iam
        Tuple of the coefficients of the beam's IAM in (cos aoi - 0.5).
    constants
        Numbers that all surfaces of a mounting share.
    horizon, rows, across, electrical, rear
        None, or anything else where the part is wanted; `electrical` only with `rows`, `across` where the ground below
        rows is not level: off the rows then is not off the modules.
    sunlit
        None, or (node x 64,) share of each surface that sees the sun.
    profile
        (step,) that receives the sum of the lanes' power; empty where nobody asks for it.
    energy, poa
        (12, 64) and (64,) sums over the steps.
    """
    _prefer_wide_vectors()  # type: ignore[call-arg]
    zero, half, one = constants[ZERO], constants[HALF], constants[ONE]
    inverter = constants[AC_CONSTANT], constants[AC_LIMIT], zero
    blocks, per_block, touched, least = constants[BLOCKS], constants[PER_BLOCK], constants[TOUCHED], constants[LEAST]
    for month in range(12):
        for lane in range(LANES):
            lanes[ENERGY + lane] = zero
            lanes[LIGHT + lane] = zero
        for h in range(month_start[month], month_start[month + 1]):
            east, north, up = hours[h, EAST], hours[h, NORTH], hours[h, UP]
            normal, isotropic, ground = hours[h, NORMAL], hours[h, ISOTROPIC], hours[h, GROUND]
            normal_back, ground_sun = normal * constants[REAR_BEAM], hours[h, GROUND_SUN]
            heat = hours[h, POWER_AT_AIR], hours[h, POWER_PER_LIGHT]
            if horizon is not None:
                band = hours[h, HORIZON]
                side = DARK if band < zero else BRIGHT
            if sunlit is not None:
                weight_0, weight_1 = hours[h, WEIGHT], hours[h, WEIGHT + 1]
                weight_2, weight_3 = hours[h, WEIGHT + 2], hours[h, WEIGHT + 3]
                node_0, node_1 = LANES * nodes[h, 0], LANES * nodes[h, 1]
                node_2, node_3 = LANES * nodes[h, 2], LANES * nodes[h, 3]
            if normal == zero and ground_sun == zero:  # a grey sky: nothing comes from where the sun is
                for lane in range(LANES):
                    front, entering = isotropic * lanes[ISO + lane], isotropic * lanes[ISO_IAM + lane]
                    if rows is None:
                        front += ground * lanes[GROUND_LIGHT + lane]
                        entering += ground * lanes[GROUND_LIGHT_IAM + lane]
                    if horizon is not None:
                        front += band * lanes[side + lane]
                        entering += band * lanes[side + LANES + lane]
                    warming = front
                    if rear is not None:
                        entering += isotropic * lanes[REAR_DIFFUSE + lane]
                        warming += isotropic * lanes[REAR_DIFFUSE + lane]
                    ac = _power(entering, warming, heat, inverter, lanes[AC_LINEAR + lane], lanes[AC_SQUARE + lane])
                    lanes[ENERGY + lane] += ac
                    lanes[LIGHT + lane] += front
                    lanes[POWER + lane] = ac
            else:
                for lane in range(LANES):
                    to_sun = (
                        east * lanes[PLANE_EAST + lane]
                        + north * lanes[PLANE_NORTH + lane]
                        + up * lanes[PLANE_UP + lane]
                    )
                    cos_aoi = max(to_sun, zero)
                    transmitted = _polynomial(cos_aoi - half, iam)
                    cos_back = cos_aoi - to_sun
                    if rows is not None or rear is not None:
                        # Sun on the ground from row to row over the length of a row, and sun on the row.
                        on_ground = (
                            east * lanes[ROW_EAST + lane] + north * lanes[ROW_NORTH + lane] + up * lanes[ROW_UP + lane]
                        )
                        on_ground = max(on_ground, zero)
                        on_rows = to_sun
                        if across is not None:
                            on_rows = (
                                east * lanes[ROW_FACE_EAST + lane]
                                + north * lanes[ROW_FACE_NORTH + lane]
                                + up * lanes[ROW_FACE_UP + lane]
                            )
                            on_side = max(on_rows if to_sun > zero else -on_rows, least)
                            in_sun = min(on_ground / on_side, one)  # of the side that faces the sun
                        between = ground_sun * max(on_ground - abs(on_rows), zero)  # what the rows leave for the ground
                    if rows is not None:
                        if electrical is not None:
                            if across is None:
                                in_sun = min(on_ground / max(cos_aoi, least), one)
                            transmitted *= one - np.ceil((one - in_sun) * blocks - touched) * per_block
                        cos_aoi = min(cos_aoi, on_ground) if across is None else cos_aoi * in_sun
                    direct = normal * cos_aoi
                    if sunlit is not None:
                        lit = (
                            weight_0 * sunlit[node_0 + lane]
                            + weight_1 * sunlit[node_1 + lane]
                            + weight_2 * sunlit[node_2 + lane]
                            + weight_3 * sunlit[node_3 + lane]
                        )
                        direct = direct * lit
                        if rows is not None or rear is not None:
                            between = between * lit
                    reflected = ground if rows is None else between
                    front = direct + (isotropic * lanes[ISO + lane] + reflected * lanes[GROUND_LIGHT + lane])
                    entering = direct * transmitted + (
                        isotropic * lanes[ISO_IAM + lane] + reflected * lanes[GROUND_LIGHT_IAM + lane]
                    )
                    if horizon is not None:
                        front += band * lanes[side + lane]
                        entering += band * lanes[side + LANES + lane]
                    warming = front
                    if rear is not None:
                        # Ground that the rear sees in the sun, and the sun on the rows' back.
                        # By the length of the rows' shadow over the distance between them.
                        shadow = min(max(on_rows / max(on_ground, least), -one), one)
                        seen = (lanes[REAR_GROUND_8 + lane] * shadow + lanes[REAR_GROUND_7 + lane]) * shadow
                        seen = ((seen + lanes[REAR_GROUND_6 + lane]) * shadow + lanes[REAR_GROUND_5 + lane]) * shadow
                        seen = ((seen + lanes[REAR_GROUND_4 + lane]) * shadow + lanes[REAR_GROUND_3 + lane]) * shadow
                        seen = ((seen + lanes[REAR_GROUND_2 + lane]) * shadow + lanes[REAR_GROUND_1 + lane]) * shadow
                        seen += lanes[REAR_GROUND + lane]
                        direct_back = normal_back * (min(cos_back, on_ground) if across is None else cos_back * in_sun)
                        if sunlit is not None:
                            direct_back = direct_back * lit
                        back = between * max(seen, zero) + direct_back
                        back += isotropic * lanes[REAR_DIFFUSE + lane]
                        entering += back
                        warming += back
                    ac = _power(entering, warming, heat, inverter, lanes[AC_LINEAR + lane], lanes[AC_SQUARE + lane])
                    lanes[ENERGY + lane] += ac
                    lanes[LIGHT + lane] += front
                    lanes[POWER + lane] = ac
            if profile.size > 0:
                for lane in range(LANES):
                    lanes[POWER + lane] *= lanes[PROFILE_SHARE + lane]
                for lane in range(32):
                    lanes[POWER + lane] += lanes[POWER + lane + 32]
                for lane in range(16):
                    lanes[POWER + lane] += lanes[POWER + lane + 16]
                for lane in range(8):
                    lanes[POWER + lane] += lanes[POWER + lane + 8]
                for lane in range(4):
                    lanes[POWER + lane] += lanes[POWER + lane + 4]
                profile[h] = (lanes[POWER + 0] + lanes[POWER + 1]) + (lanes[POWER + 2] + lanes[POWER + 3])
        for lane in range(LANES):
            energy[month, lane] = lanes[ENERGY + lane]
            poa[lane] += lanes[LIGHT + lane]


@njit(cache=True, nogil=True, error_model="numpy")
def lanes_of_sunlit(sunlit, surface, sunlit_nodes, table):
    """Bring the tables (surface, 64 x 33) of 64 surfaces into the order of the lanes, where the sun passes."""
    for first in range(0, LANES, LINE):
        some = surface[first : first + LINE]
        for k in range(sunlit_nodes.size):
            node = sunlit_nodes[k]
            for lane in range(LINE):
                table[k * LANES + first + lane] = sunlit[some[lane], node]
