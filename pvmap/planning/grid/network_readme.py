"""The page that lies in a network's folder: what it is, how to solve it, what not to read from it."""

README = """\
# 源网荷储模型 / the city as a PyPSA network

```python
import pypsa

network = pypsa.Network("this-folder")
network.optimize(solver_name="highs")
print(network.generators.query("p_nom_extendable")[["p_nom_max", "p_nom_opt"]])
```

`pip install pypsa highspy` is all it needs; `pvmap plan CITY --solve` does the same and tells the result in the report.
只需安装 pypsa 与 highspy；`pvmap plan CITY --solve` 直接求解并写入报告。

- 母线 / buses: 全市枢纽（城市代码）与各县（市、区）。 A hub named as the city, and one bus a district.
- 电源 / generators: `existing ...` 为已建，`potential ...` 为待建（上限为近期可开发量或未核查时的现实可开发规模）。
  What stands, and what may be built: what can be connected, or the practical case where the grid was not checked.
- `registered ...` 为已备案、规划期内建成的项目（按建成比例折算），固定计入，不参与优化。
  Registered projects, at the share of them that is realised: fixed, as what stands.
- `p_nom_planned`: 分年建设安排在末年的累计新建，用于校核。 What the build-out by year has built by its last year.
- 光伏功率为直流侧 MWp，`p_max_pu` 为每 kWp 的交流出力；交流侧 = 直流侧 / `dc_ac_ratio`。
  Photovoltaics are in MWp DC; MW AC = MWp / `dc_ac_ratio`.
- 购电与外送价格逐时 / prices by the hour: `generators-marginal_cost.csv`, CNY/MWh.
- `capital_cost`: 分组度电成本 × 每兆瓦年电量，含衰减与逆变器更换。 Levelised cost of the group x energy of a megawatt.
- 下送、上送线路 / links `down` and `up`: 变压器允许的下送与反送电能力；无电网资料时为单一线路，不含节点约束。
  What transformers carry each way; without a grid file one link a district, and no nodal limit.
- 储能 / storage_units: 城市文件所列机组中服务本市的部分。 The share of each unit of the city file that serves the city.
- 时间为 UTC，标记时段起点 / times are UTC and label the start of the hour. `meta.json` says the rest.
"""
