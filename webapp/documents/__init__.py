"""Official documents after GB/T 9704-2012: templates, typesetting, seals and signatures."""

from webapp.documents.authority import LocalAuthority, LocalSigner, Signer
from webapp.documents.check import Finding, TemplateReport, check_folder, check_template
from webapp.documents.errors import DocumentError, MissingGlyph, SigningError, TemplateError
from webapp.documents.faces import load_faces
from webapp.documents.facts import plain_facts
from webapp.documents.flow import SealBox, SealPlace
from webapp.documents.joining import joined
from webapp.documents.rendering import Rendered, render
from webapp.documents.rosters import Roster, RosterColumn, RosterSheet, roster
from webapp.documents.samples import FORMATS, TEMPLATES, Sample, render_sample, sample_roster
from webapp.documents.seals import seal_image
from webapp.documents.signing import SignatureCheck, Verification, sign, verify
from webapp.documents.template import Head, Template, load_kept_template, load_template
from webapp.documents.word import to_word

__all__ = [
    "FORMATS",
    "TEMPLATES",
    "DocumentError",
    "Finding",
    "Head",
    "LocalAuthority",
    "LocalSigner",
    "MissingGlyph",
    "Rendered",
    "Roster",
    "RosterColumn",
    "RosterSheet",
    "Sample",
    "SealBox",
    "SealPlace",
    "SignatureCheck",
    "Signer",
    "SigningError",
    "Template",
    "TemplateError",
    "TemplateReport",
    "Verification",
    "check_folder",
    "check_template",
    "joined",
    "load_faces",
    "load_kept_template",
    "load_template",
    "plain_facts",
    "render",
    "render_sample",
    "roster",
    "sample_roster",
    "seal_image",
    "sign",
    "to_word",
    "verify",
]
