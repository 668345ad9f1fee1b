# Needs only python3 (3.11 or later) with venv, and make. Everything else is installed below .venv and var.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
# dev, or runtime for an installation without tests
REQUIREMENTS ?= dev
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PYTEST := $(BIN)/python -m pytest
STAMP := $(VENV)/installed-$(REQUIREMENTS)
CODE := webapp forms wsgi.py gunicorn.conf.py tests scripts bench

.PHONY: help setup build run worker migrate demo test soak journeys check lint fix types imports packs clauses bench

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: build ## 建立 .venv、安装锁定的依赖、构建前端

$(STAMP): requirements/$(REQUIREMENTS).txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或以上。若另有安装，可指定：make PYTHON=python3.12 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "此 Python 缺少 venv/ensurepip。Debian、Ubuntu 请先执行：apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8 \
	  && $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $< \
	  || { echo "uv 不可用，改用 pip 安装。"; \
	       $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $<; }
	@touch $@

build: $(STAMP)
	@$(BIN)/python -m webapp.frontend.build

migrate: $(STAMP) ## 建立或升级数据库
	@$(FLASK) db upgrade

run: build migrate ## 启动演示系统：http://127.0.0.1:8000
	@$(FLASK) demo seed
	@$(FLASK) demo accounts
	@exec $(BIN)/gunicorn

worker: $(STAMP) ## 单独运行后台任务（默认已随网站进程运行）
	@exec $(FLASK) worker

demo: build ## 用脚本演示：两件申请认定，一个市场从认定到退出
	@$(BIN)/python scripts/demo.py

test: build ## 单元、集成（SQLite 与 PostgreSQL）、政策包、迁移、结构测试
	@$(PYTEST) -n 2 --dist worksteal tests/unit tests/packs tests/architecture tests/migrations tests/integration

soak: build ## 随机操作一万次：不丢意见、不重复、不停滞（约半小时）
	@SOAK_OPERATIONS=10000 $(PYTEST) -s tests/integration/verbs/test_random_office.py -k sqlite

journeys: build ## 在真实浏览器中走完整流程
	@CHROMIUM="$$(sh scripts/find_chromium.sh)" && export CHROMIUM && $(PYTEST) -n 2 --dist worksteal tests/journeys

check: lint types imports packs ## 全部静态检查
	@$(BIN)/python scripts/clause_tests.py --check

lint: $(STAMP)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

fix: $(STAMP) ## 自动修正格式
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports --no-cache

packs: $(STAMP) ## 检查政策包：流程、规则、表单、公文、条款
	@$(FLASK) packs check

clauses: $(STAMP) ## 重新列出每一条款由哪些测试证明
	@$(BIN)/python scripts/clause_tests.py

bench: build ## 测量性能指标，写入 var/bench.json
	@$(BIN)/python -m bench
