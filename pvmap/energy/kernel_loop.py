"""The compiled inner loop: the model of ``chain.py`` for 64 surfaces at a time.

Surfaces are lanes of the processor's vectors and hours follow one another, so that every sum runs over the hours in
order: a surface's result does not depend on its neighbours, the blocks or the threads. All trigonometry happened
before (``sky.py``); what is left of an hour is a dot product, a polynomial and some twenty multiplications.

Every part a run does not need is an argument that is None: numba compiles one variant per set of parts present and
drops the rest. ``fastmath={"contract"}`` allows fused multiply-add alone; reordering of sums, which the full
flag brings, would make results depend on the width of the vectors for 8 % of speed.
All compiled code lives in this file because numba's cache looks at the date of one file only.
"""

from __future__ import annotations

import numpy as np
from numba import float32, njit, types
from numba.extending import overload

LANES = 64

# Columns of `hours`, one row per step with light.
EAST, NORTH, UP, NORMAL, ISOTROPIC, HORIZON, GROUND, POWER_AT_AIR, POWER_PER_LIGHT = range(9)
UP_INVERSE, BEAM_ON_GROUND, WEIGHT = 9, 10, 11  # WEIGHT is the first of four
N_HOUR_COLUMNS = 15

# Rows of `lanes`: constants of a surface.
PLANE, ISO, ISO_IAM, ALBEDO, ALBEDO_IAM, AC_LINEAR, AC_SQUARE = 0, 3, 4, 5, 6, 7, 8  # PLANE is the first of three
DARK, DARK_IAM, BRIGHT, BRIGHT_IAM = 9, 10, 11, 12  # horizon term below and above zero
ROW, ROW_LEVEL, GCR, REAR_DIFFUSE, REAR_GROUND = 13, 16, 17, 18, 19  # ROW is the first of three
PROFILE_SHARE = 20
N_LANE_ROWS = 21

DEGREES = {"float64": 18, "float32": 12}  # of the polynomial for the beam's IAM
DEGREE_64, DEGREE_32 = DEGREES["float64"], DEGREES["float32"]
HALF, AC_CONSTANT, AC_LIMIT, REAR_BEAM, ZERO, ONE = range(6)  # entries of `constants`


def _polynomial(x, coefficients):  # pragma: no cover - replaced when compiled
    raise NotImplementedError


@overload(_polynomial, inline="always")
def _compile_polynomial(x, coefficients):
    """Even and odd powers apart: two short chains of multiply-adds run side by side."""
    single = isinstance(coefficients, types.Array) and coefficients.dtype == float32
    degree = DEGREE_32 if single else DEGREE_64

    def evaluate(x, coefficients):
        square = x * x
        even = coefficients[degree]
        odd = coefficients[degree - 1]
        for k in range(degree - 2, 1, -2):
            even = even * square + coefficients[k]
            odd = odd * square + coefficients[k - 1]
        return even * square + coefficients[0] + x * odd

    return evaluate


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"}, boundscheck=False)
def simulate_block(
    hours, nodes, month_start, lanes, iam, constants, horizon, rows, rear, sunlit, scratch, profile, energy, poa
):
    """Run one block of 64 surfaces through the year.

    Parameters
    ----------
    hours
        (step, N_HOUR_COLUMNS) what all surfaces share.
    nodes
        (step, 4) rows of `sunlit` around the sun's position.
    month_start
        (13,) first step of each month, and the end.
    lanes
        (N_LANE_ROWS, 64) what each surface brings.
    iam, constants
        Polynomial of the beam's IAM; numbers that all surfaces of a mounting share.
    horizon, rows, rear
        None, or anything else where the part is wanted.
    sunlit
        None, or (node, 64) share of each surface that sees the sun.
    scratch
        (3, 64) working space.
    profile
        None, or (step,) that receives the sum of the lanes' power.
    energy, poa
        (12, 64) and (64,) sums over the steps.
    """
    zero, half, one = constants[ZERO], constants[HALF], constants[ONE]
    ac_constant, ac_limit, rear_beam = constants[AC_CONSTANT], constants[AC_LIMIT], constants[REAR_BEAM]
    energy_sum, poa_sum, power = scratch[0], scratch[1], scratch[2]
    for month in range(12):
        energy_sum[:] = zero
        poa_sum[:] = zero
        for h in range(month_start[month], month_start[month + 1]):
            east, north, up = hours[h, EAST], hours[h, NORTH], hours[h, UP]
            normal, isotropic, ground = hours[h, NORMAL], hours[h, ISOTROPIC], hours[h, GROUND]
            power_at_air, power_per_light = hours[h, POWER_AT_AIR], hours[h, POWER_PER_LIGHT]
            if horizon is not None:
                band = hours[h, HORIZON]
                side = DARK if band < zero else BRIGHT
            if rear is not None:
                up_inverse, beam_on_ground = hours[h, UP_INVERSE], hours[h, BEAM_ON_GROUND]
            if sunlit is not None:
                weight_0, weight_1 = hours[h, WEIGHT], hours[h, WEIGHT + 1]
                weight_2, weight_3 = hours[h, WEIGHT + 2], hours[h, WEIGHT + 3]
                node_0, node_1, node_2, node_3 = nodes[h, 0], nodes[h, 1], nodes[h, 2], nodes[h, 3]
            for lane in range(LANES):
                to_sun = east * lanes[PLANE, lane] + north * lanes[PLANE + 1, lane] + up * lanes[PLANE + 2, lane]
                cos_aoi = max(to_sun, zero)
                transmitted = _polynomial(cos_aoi - half, iam)
                if rows is not None:
                    on_ground = east * lanes[ROW, lane] + north * lanes[ROW + 1, lane] + up * lanes[ROW + 2, lane]
                    cos_aoi = min(cos_aoi, max(on_ground, zero))
                direct = normal * cos_aoi
                if sunlit is not None:
                    lit = (
                        weight_0 * sunlit[node_0, lane]
                        + weight_1 * sunlit[node_1, lane]
                        + weight_2 * sunlit[node_2, lane]
                        + weight_3 * sunlit[node_3, lane]
                    )
                    direct = direct * lit
                front = direct + (isotropic * lanes[ISO, lane] + ground * lanes[ALBEDO, lane])
                entering = direct * transmitted + (isotropic * lanes[ISO_IAM, lane] + ground * lanes[ALBEDO_IAM, lane])
                if horizon is not None:
                    front += band * lanes[side, lane]
                    entering += band * lanes[side + 1, lane]
                warming = front
                if rear is not None:
                    # Ground between the rows that the sun reaches, and the sun on the rows' back.
                    open_ground = max(one - abs(to_sun) * up_inverse * lanes[GCR, lane], zero)
                    on_back = min(max(-to_sun, zero), max(up * lanes[ROW_LEVEL, lane], zero))
                    back = beam_on_ground * open_ground * lanes[REAR_GROUND, lane] + normal * on_back * rear_beam
                    if sunlit is not None:
                        back = back * lit
                    back += isotropic * lanes[REAR_DIFFUSE, lane]
                    entering += back
                    warming += back
                cells = entering * (power_at_air + power_per_light * warming)
                ac = ac_constant + cells * (lanes[AC_LINEAR, lane] + cells * lanes[AC_SQUARE, lane])
                ac = max(min(ac, ac_limit), zero)
                energy_sum[lane] += ac
                poa_sum[lane] += front
                if profile is not None:
                    power[lane] = ac * lanes[PROFILE_SHARE, lane]
            if profile is not None:
                width = LANES // 2
                while width > 0:
                    for lane in range(width):
                        power[lane] += power[lane + width]
                    width //= 2
                profile[h] = power[0]
        for lane in range(LANES):
            energy[month, lane] = energy_sum[lane]
            poa[lane] += poa_sum[lane]


@njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)
def simulate_blocks(
    hours,
    nodes,
    month_start,
    lanes,
    iam,
    constants,
    horizon,
    rows,
    rear,
    sunlit,
    sunlit_nodes,
    surface,
    scratch,
    profiles,
    energy,
    poa,
):
    """Run blocks one after the other; arguments as above with the block as first axis.

    `sunlit` is the (surface, 64 x 33) table of all surfaces, `surface` the (block, 64) rows of the lanes in it,
    `sunlit_nodes` the entries of a table that the sun visits: only those are brought into the order of the lanes.
    """
    table = np.empty((sunlit_nodes.size, LANES), np.float32)
    for block in range(lanes.shape[0]):
        if sunlit is not None:
            for lane in range(LANES):
                row = sunlit[surface[block, lane]]
                for k in range(sunlit_nodes.size):
                    table[k, lane] = row[sunlit_nodes[k]]
        simulate_block(
            hours,
            nodes,
            month_start,
            lanes[block],
            iam,
            constants,
            horizon,
            rows,
            rear,
            None if sunlit is None else table,
            scratch,
            None if profiles is None else profiles[block],
            energy[block],
            poa[block],
        )
