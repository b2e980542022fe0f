# Two commands do all the set-up: `make audit` for the main job, `make test` for the tests.
# The virtual environment is made inside the checkout; nothing outside it is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := examples/gemeente
ISOLATION := $(EXAMPLE)/out/isolation
OUT := out/waterwijk
CASE := $(OUT)/waterwijk.sqlite
TOWN = $(BIN)/custodiet audit $(EXAMPLE)/out/input --sites $(EXAMPLE)/sites.yml --catalog $(EXAMPLE)/catalog \
  --on 2025-12-01 --case $(CASE)
# many public bodies inspect TLS with a certificate of their own: trust what the system trusts
export UV_SYSTEM_CERTS := 1
# a program that starts often, as in tests, must not compile all its modules each time
unexport PYTHONDONTWRITEBYTECODE
# a half-made environment or example must not count as made
.DELETE_ON_ERROR:
.PHONY: audit postgresql test check format docs fuzz kills clean

$(VENV)/pip-ready:
	@sh scripts/make-venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/pip-ready
	@echo "Installing custodiet into $(VENV) ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --editable ".[web]"
	@touch $@

$(VENV)/installed-dev: pyproject.toml $(VENV)/installed
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group dev
	@touch $@

$(EXAMPLE)/out/input/scan.xml: $(EXAMPLE)/make.py $(EXAMPLE)/mirror.py $(EXAMPLE)/packets.py $(VENV)/installed
	@$(BIN)/python $(EXAMPLE)/make.py $(EXAMPLE)/out/input $(ISOLATION)
	@touch $@

## audit the example municipality
audit: $(VENV)/installed $(EXAMPLE)/out/input/scan.xml
	@rm -rf $(OUT)
	@$(TOWN) --quiet || test $$? -eq 3 -o $$? -eq 4
	@$(BIN)/custodiet reach --case $(CASE) $(EXAMPLE)/router.cfg --quiet || test $$? -eq 4
	@$(TOWN) || test $$? -eq 3 -o $$? -eq 4
	@echo "Whether the recorder could reach the core network, by the configuration of the router:"
	@$(BIN)/custodiet reach --case $(CASE) --device 10.20.8.20
	@echo "Two cameras were to be shut in; what captures of before and after prove:"
	@umask 077 && head -c 32 /dev/urandom > $(OUT)/waterwijk.key
	@$(BIN)/custodiet isolate verify --case $(CASE) --before $(ISOLATION)/before.pcap --after $(ISOLATION)/after.pcap \
	  --device 10.20.8.40 --device 10.20.8.11 --allowed 10.20.8.20 --allowed 10.20.0.123 \
	  --rules $(ISOLATION)/switch-port-7.txt --point "mirror port of VLAN 80, behind the port rules of the switch" \
	  --sign --key $(OUT)/waterwijk.key --out $(OUT)/isolation.json || test $$? -eq 3
	@$(BIN)/custodiet isolate check $(OUT)/isolation.json --captures $(ISOLATION)/before.pcap \
	  --captures $(ISOLATION)/after.pcap --rules $(ISOLATION)/switch-port-7.txt --quiet
	@echo "The statement $(OUT)/isolation.json is as it was signed, and was made of these captures and rules."
	@$(BIN)/custodiet report --case $(CASE) --catalog $(EXAMPLE)/catalog --format all --out $(OUT)
	@echo "The camera with a label of its own, and who made it:"
	@$(BIN)/custodiet explain 10.20.8.12 --case $(CASE)
	@$(BIN)/custodiet explain 10.20.8.12 --case $(CASE) --format html --out $(OUT)/dossier.html
	@$(BIN)/custodiet explain 10.20.8.12 --case $(CASE) --format json --out $(OUT)/dossier.json
	@$(BIN)/custodiet explain --recompute $(OUT)/dossier.json
	@echo "Dossier: $(OUT)/dossier.html"
	@echo "Report: $(OUT)/report.html"

## install what the estate in the browser needs to stand in PostgreSQL
postgresql: $(VENV)/installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --editable ".[postgresql]"

## run all tests, those in a browser with the network cut
test: $(VENV)/installed-dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy >$(VENV)/types & types=$$!; $(BIN)/python -m pytest -q -n 4 --dist loadscope --no-loadscope-reorder -m "not browser"; told=$$?; \
	  wait $$types || told=1; cat $(VENV)/types; PYTHON=$(BIN)/python sh scripts/test-in-browser.sh || told=1; exit $$told

## what a change is checked with before it is committed
check: test

format: $(VENV)/installed-dev
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

## make docs/reference again
docs: $(VENV)/installed-dev
	@$(BIN)/python scripts/make_reference.py

## a longer run of the fuzz targets
fuzz: $(VENV)/installed-dev
	@CUSTODIET_FUZZ_EXAMPLES=20000 $(BIN)/python -m pytest -q -n 2 tests/fuzz

## kill workers and servers two hundred times, and look that nothing is corrupt, half or lost
kills: $(VENV)/installed-dev
	@CUSTODIET_KILLS=200 $(BIN)/python -m pytest -q tests/web/test_jobs_killed.py

clean:
	rm -rf $(VENV) out $(EXAMPLE)/out dist build
