"""The search for the right size: growth, evidence, ledger, engines."""

from cellwise.search._batches import SAMPLERS, Batches, OwnBatches, Sampler
from cellwise.search._budget import GROWTH_BEFORE_TUNING, Budget
from cellwise.search._candidate import Candidate, candidate_experiment, evaluate
from cellwise.search._compare import Paired, compare, decide, overall
from cellwise.search._configuration import Configuration
from cellwise.search._crew import Crew
from cellwise.search._crew_engine import CrewEngine
from cellwise.search._data_record import data_record
from cellwise.search._engine import Engine, KeepingEngine, LocalEngine
from cellwise.search._final import Retrained, open_test
from cellwise.search._foresight import Foresight
from cellwise.search._grid import Grid
from cellwise.search._growth import FIRST_CELLS
from cellwise.search._kept_methods import KeptMethods
from cellwise.search._kept_weights import KeepCheckpoints
from cellwise.search._ledger import STUDY, Ledger
from cellwise.search._nested import MakeSearch, search_outer_folds
from cellwise.search._observer import Observer
from cellwise.search._options import training_of
from cellwise.search._packed_engine import PackedEngine
from cellwise.search._plan import TuningPlan
from cellwise.search._pool_local import ProcessPool
from cellwise.search._pool_ray import RayPool
from cellwise.search._ranges import Ranges, default_ranges, read_ranges
from cellwise.search._rate_trials import RateTrial, rate_trials
from cellwise.search._rehearsal import Fortune, RehearsalEngine
from cellwise.search._search import Search
from cellwise.search._settings import LISTS, SearchSettings, Strategy
from cellwise.search._shared_batches import SharedBatches
from cellwise.search._shared_engine import SharedEngine
from cellwise.search._space import Space
from cellwise.search._statistics import holm, runs_needed
from cellwise.search._store import SharedStore, public_url
from cellwise.search._trials import Workplace
from cellwise.search._warm import begin_from
from cellwise.search._watched import WatchedEngine

__all__ = [
    "FIRST_CELLS",
    "GROWTH_BEFORE_TUNING",
    "LISTS",
    "SAMPLERS",
    "STUDY",
    "Batches",
    "Budget",
    "Candidate",
    "Configuration",
    "Crew",
    "CrewEngine",
    "Engine",
    "Foresight",
    "Fortune",
    "Grid",
    "KeepCheckpoints",
    "KeepingEngine",
    "KeptMethods",
    "Ledger",
    "LocalEngine",
    "MakeSearch",
    "Observer",
    "OwnBatches",
    "PackedEngine",
    "Paired",
    "ProcessPool",
    "Ranges",
    "RateTrial",
    "RayPool",
    "RehearsalEngine",
    "Retrained",
    "Sampler",
    "Search",
    "SearchSettings",
    "SharedBatches",
    "SharedEngine",
    "SharedStore",
    "Space",
    "Strategy",
    "TuningPlan",
    "WatchedEngine",
    "Workplace",
    "begin_from",
    "candidate_experiment",
    "compare",
    "data_record",
    "decide",
    "default_ranges",
    "evaluate",
    "holm",
    "open_test",
    "overall",
    "public_url",
    "rate_trials",
    "read_ranges",
    "runs_needed",
    "search_outer_folds",
    "training_of",
]
