"""Packs: one jurisdiction's policy as data, read from a folder or from what a release kept of it."""

from webapp.packs.checks import Finding as Finding
from webapp.packs.checks import check as check
from webapp.packs.market_specs import LATEST as LATEST
from webapp.packs.market_specs import MONEY as MONEY
from webapp.packs.market_specs import SERIES as SERIES
from webapp.packs.market_specs import MarketSpec as MarketSpec
from webapp.packs.market_specs import Reading as Reading
from webapp.packs.market_specs import RecordSpec as RecordSpec
from webapp.packs.market_specs import ShownValue as ShownValue
from webapp.packs.market_specs import ZoneSpec as ZoneSpec
from webapp.packs.notices import NoticeSpec as NoticeSpec
from webapp.packs.operators import OPERATORS as OPERATORS
from webapp.packs.reader import load as load
from webapp.packs.reader import read as read
from webapp.packs.reader import read_kept as read_kept
from webapp.packs.specs import APPLICANT as APPLICANT
from webapp.packs.specs import APPLICANT_KIND as APPLICANT_KIND
from webapp.packs.specs import LISTED_MARKET as LISTED_MARKET
from webapp.packs.specs import AgencySpec as AgencySpec
from webapp.packs.specs import DocumentSpec as DocumentSpec
from webapp.packs.specs import JurisdictionSpec as JurisdictionSpec
from webapp.packs.specs import Pack as Pack
from webapp.packs.specs import PositionSpec as PositionSpec
from webapp.packs.specs import ProcessSpec as ProcessSpec
from webapp.packs.specs import SettingSpec as SettingSpec
from webapp.packs.tables import PackError as PackError
