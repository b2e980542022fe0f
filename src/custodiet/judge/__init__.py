"""Findings on a date: what each sentence of each directive says of one device, with the seven answers behind it."""

from custodiet.judge.bench import Judge, directives_for, judge_asset, worst_first
from custodiet.judge.turning import turns_between
from custodiet.judge.verdict import QUESTIONS

__all__ = ["QUESTIONS", "Judge", "directives_for", "judge_asset", "turns_between", "worst_first"]
