"""The runs of .ci/throughput, which says what they are for."""

import argparse
import hashlib
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PROGRAM = "target/release/scrutineer"
PUBLISHER = "target/release/examples/publisher"
START = "/mgListCommittees.aspx?bcr=1"
# Memory that a crawl with 100,000 queued addresses may take at most, in MB.
MOST_MEMORY = 200


class Publisher:
    """The site, served by a process of its own."""

    def __init__(self, port, meetings, *options):
        command = [PUBLISHER, "serve", "--port", str(port), "--meetings", str(meetings), *options]
        self.port, self.meetings = port, meetings
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "serving":
            raise SystemExit(f"the publisher did not start on port {port}")

    def root(self, host=1):
        return f"http://127.0.0.{host}:{self.port}"

    def counts(self):
        """What was asked since the last time, by page and status."""
        with urllib.request.urlopen(self.root() + "/publisher/counts") as answer:
            lines = answer.read().decode().splitlines()
        rows = (line.split() for line in lines)
        return {(name, status): int(n) for name, status, n in rows}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def run(commands, folder, publisher):
    """Runs commands side by side, and returns what it took and what came of it."""
    publisher.counts()
    began = time.monotonic()
    with open(folder / "said", "wb") as said:
        running = [subprocess.Popen(command, stdout=said, stderr=said, cwd=folder) for command in commands]
        cpu, peaks = 0, {}
        while any(process.returncode is None for process in running):
            for process in (process for process in running if process.returncode is None):
                peaks[process.pid] = peak_memory(process.pid) or peaks.get(process.pid, 0)
                pid, status, used = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    cpu += used.ru_utime + used.ru_stime
            time.sleep(0.02)
    seconds = time.monotonic() - began
    counts = publisher.counts()
    pages = sum(n for (_, status), n in counts.items() if status == "200")
    return {
        "seconds": seconds,
        "cpu": cpu,
        "memory": sum(peaks.values()),
        "pages": pages,
        "meetings": counts[("meetings", "-")],
        "megabytes": counts[("bytes", "-")] / 1e6,
        "in_flight": counts[("most-in-flight", "-")],
        "codes": [process.returncode for process in running],
    }


def peak_memory(pid):
    """In MB. Not the kernel's account of an ended process: that counts the fork as well."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes[0]) / 1000 if kilobytes else 0


def crawl(home, *arguments):
    """A command that crawls without a pause."""
    program = str(Path(PROGRAM).resolve())
    return [program, "--quiet", "--home", str(home), "crawl", "--delay", "0", "--allow-loopback", *arguments]


def catalogued(home, sql):
    with sqlite3.connect(f"file:{home}/corpus/catalogue.sqlite?mode=ro", uri=True) as catalogue:
        return catalogue.execute(sql).fetchall()


def ours(publisher, folder, hosts):
    """Our crawler; only meetings whose minutes are stored whole count."""
    home = folder / "home"
    if hosts == 1:
        command = crawl(home, "--site", publisher.root())
    else:
        (home / "corpus").mkdir(parents=True)
        rows = [f"h{n},Host {n} Council,,England,moderngov,{publisher.root(n)}\n" for n in range(1, hosts + 1)]
        table = "slug,name,gss_code,nation,platform,base_url\n" + "".join(rows)
        (home / "corpus" / "councils.csv").write_text(table)
        command = crawl(home, *(f"h{n}" for n in range(1, hosts + 1)))
    result = run([command], folder, publisher)
    [(result["meetings"],)] = catalogued(home, "SELECT count(*) FROM meetings WHERE complete AND has_minutes")
    [(stored,)] = catalogued(home, "SELECT count(*) FROM captures WHERE status = 200")
    if result["codes"] != [0] or stored != result["pages"]:
        raise SystemExit(f"{stored} of {result['pages']} pages were stored: {(folder / 'said').read_text()}")
    return result


def wget(publisher, folder, hosts, *options):
    """A process a host. It has no other way to ask several at once."""
    commands = []
    for host in range(1, hosts + 1):
        named = [option.format(host=host) for option in options]
        commands.append(["wget", "--mirror", "--no-verbose", *named, publisher.root(host) + START])
    return run(commands, folder, publisher)


def scrapy(publisher, folder, hosts, at_once, most):
    command = [sys.executable, __file__, "spider", str(folder), str(at_once), str(most)]
    return run([command + [publisher.root(n) + START for n in range(1, hosts + 1)]], folder, publisher)


def spider(folder, at_once, most, *starts):
    """Scrapy's own CrawlSpider, which follows every link and keeps the bodies."""
    from scrapy.crawler import CrawlerProcess
    from scrapy.linkextractors import LinkExtractor
    from scrapy.spiders import CrawlSpider, Rule

    class Mirror(CrawlSpider):
        name = "mirror"
        start_urls = starts
        allowed_domains = [start.split("/")[2].split(":")[0] for start in starts]
        # Printed minutes are wanted too: by default it passes over PDFs.
        rules = [Rule(LinkExtractor(deny_extensions=[]), callback="keep", follow=True)]

        def keep(self, response):
            name = hashlib.sha1(response.url.encode()).hexdigest()
            (Path(folder) / name).write_bytes(response.body)

    settings = {"LOG_LEVEL": "WARNING", "ROBOTSTXT_OBEY": True, "CLOSESPIDER_PAGECOUNT": int(most)}
    settings["CONCURRENT_REQUESTS_PER_DOMAIN"] = int(at_once)
    settings["CONCURRENT_REQUESTS"] = max(16, int(at_once) * len(starts))
    process = CrawlerProcess(settings)
    process.crawl(Mirror)
    process.start()


def contest(title, contenders, runs):
    """Runs every contender once, then again: what slows the machine slows all."""
    print(f"\n{title}")
    results = {name: [] for name in contenders}
    for turn in range(runs):
        for name, contend in contenders.items():
            folder = Path(tempfile.mkdtemp(prefix="throughput-"))
            try:
                results[name].append(contend(folder))
            finally:
                shutil.rmtree(folder)
            last = results[name][-1]
            print(f"  run {turn + 1} {name}: {last['pages']} pages in {last['seconds']:.1f} s", file=sys.stderr)
    head = ("", "pages", "pages/s", "(least-most)", "meetings/s", "MB/s", "pages/CPU s", "peak MB", "in flight")
    print("{:34}{:>8}{:>9}{:>16}{:>12}{:>7}{:>13}{:>9}{:>11}".format(*head))
    summary = {}
    for name, all_runs in results.items():
        def median(of):
            return statistics.median(of(result) for result in all_runs)
        summary[name] = [(r["pages"] / r["seconds"], r["meetings"] / r["seconds"]) for r in all_runs]
        rates = [pages for pages, _ in summary[name]]
        print(
            f"{name:34}{median(lambda r: r['pages']):>8.0f}{statistics.median(rates):>9.0f}"
            f"{f'({min(rates):.0f}-{max(rates):.0f})':>16}{median(lambda r: r['meetings'] / r['seconds']):>12.0f}"
            f"{median(lambda r: r['megabytes'] / r['seconds']):>7.1f}{median(lambda r: r['pages'] / r['cpu']):>13.0f}"
            f"{max(r['memory'] for r in all_runs):>9.0f}{max(r['in_flight'] for r in all_runs):>11}"
        )
    # The ratio of each turn, so that a machine that is slower for a while
    # slows both sides of it; then the median of the turns.
    for name in (name for name in summary if name.startswith("scrutineer")):
        for other in (other for other in summary if not other.startswith("scrutineer")):
            pages, meetings = (
                statistics.median(mine[at] / others[at] for mine, others in zip(summary[name], summary[other]))
                for at in (0, 1)
            )
            print(f"  {name} : {other} = {pages:.2f} in pages, {meetings:.2f} in meetings")


def chosen(contenders, only):
    keys = {"ours": "scrutineer", "wget": "wget", "scrapy": "Scrapy"}
    wanted = tuple(keys[word] for word in only.split(","))
    return {name: contend for name, contend in contenders.items() if name.startswith(wanted)}


def one_host(options):
    service = Publisher(options.port, options.meetings)
    pages = Publisher(options.port + 1, options.meetings, "--pages-only")
    most = options.scrapy_pages
    contenders = {
        "scrutineer, web service": lambda folder: ours(service, folder, 1),
        "scrutineer, pages": lambda folder: ours(pages, folder, 1),
        "wget --mirror": lambda folder: wget(pages, folder, 1),
        "wget --mirror --warc-file": lambda folder: wget(pages, folder, 1, "--warc-file=site"),
        "Scrapy, one at a time": lambda folder: scrapy(pages, folder, 1, 1, most),
        "Scrapy, eight at a time": lambda folder: scrapy(pages, folder, 1, 8, most),
    }
    try:
        warm(service, 1)
        warm(pages, 1)
        contest(f"One host, {options.meetings} meetings", chosen(contenders, options.only), options.runs)
        floor(service, "web service")
        floor(pages, "pages")
    finally:
        service.stop()
        pages.stop()


def many_hosts(options):
    hosts = 8
    meetings = max(1, options.meetings // hosts)
    service = Publisher(options.port + 2, meetings, "--hosts", str(hosts))
    pages = Publisher(options.port + 3, meetings, "--hosts", str(hosts), "--pages-only")
    most = options.scrapy_pages
    contenders = {
        "scrutineer, web service": lambda folder: ours(service, folder, hosts),
        "scrutineer, pages": lambda folder: ours(pages, folder, hosts),
        "wget --mirror": lambda folder: wget(pages, folder, hosts),
        "wget --mirror --warc-file": lambda folder: wget(pages, folder, hosts, "--warc-file=site{host}"),
        "Scrapy, eight at a time each": lambda folder: scrapy(pages, folder, hosts, 8, most),
    }
    try:
        warm(service, hosts)
        warm(pages, hosts)
        title = f"{hosts} hosts at once, {meetings} meetings each"
        contest(title, chosen(contenders, options.only), options.runs)
    finally:
        service.stop()
        pages.stop()


def warm(publisher, hosts):
    """Lets the publisher make every answer once, so that nobody pays for it."""
    for crawler in (ours, wget):
        folder = Path(tempfile.mkdtemp(prefix="throughput-"))
        try:
            crawler(publisher, folder, hosts)
        finally:
            shutil.rmtree(folder)


def floor(publisher, name):
    """Asks for what our crawler asked for, one after another, and keeps nothing."""
    folder = Path(tempfile.mkdtemp(prefix="throughput-"))
    try:
        ours(publisher, folder, 1)
        asked = catalogued(folder / "home", "SELECT url FROM captures ORDER BY id")
        (folder / "asked").write_text("".join(f"{url}\n" for (url,) in asked))
        took = []
        for _ in range(3):
            said = subprocess.run([PUBLISHER, "ask", folder / "asked"], stdout=subprocess.PIPE, text=True, check=True)
            took.append(float(said.stdout.split()[-2]))
        rate = len(asked) / statistics.median(took)
        print(f"  asked one after another and not kept, {name}: {rate:.0f} pages/s")
    finally:
        shutil.rmtree(folder)


def memory(options):
    """100,000 addresses wait, and a part of them is crawled."""
    publisher = Publisher(options.port + 4, 100_000, "--sittings", "0")
    folder = Path(tempfile.mkdtemp(prefix="throughput-"))
    try:
        home = folder / "home"
        command = crawl(home, "--site", publisher.root(), "--limit", "3000")
        result = run([command], folder, publisher)
        [(waiting,)] = catalogued(home, "SELECT count(*) FROM frontier WHERE state = 'pending'")
        resumed = run([command], folder, publisher)
        rate = result["pages"] / result["seconds"]
        print(
            f"\n{waiting} addresses wait after {result['pages']} pages: {rate:.0f} pages/s, "
            f"peak {result['memory']:.0f} MB, {resumed['memory']:.0f} MB when it is taken up again "
            f"(at most {MOST_MEMORY})"
        )
        if waiting < 95_000 or max(result["memory"], resumed["memory"]) > MOST_MEMORY:
            raise SystemExit("that is not what was promised")
    finally:
        publisher.stop()
        shutil.rmtree(folder)


def politeness(options):
    """One request in flight a host, also without a pause: by the server's count."""
    publisher = Publisher(options.port + 5, 100, "--hosts", "8", "--latency", "5")
    folder = Path(tempfile.mkdtemp(prefix="throughput-"))
    try:
        result = ours(publisher, folder, 8)
        print(f"\n{result['pages']} pages of 8 hosts that take 5 ms each: {result['in_flight']} in flight a host")
        if result["in_flight"] != 1:
            raise SystemExit("that is not what was promised")
    finally:
        publisher.stop()
        shutil.rmtree(folder)


PARTS = {"one": one_host, "many": many_hosts, "memory": memory, "politeness": politeness}


def main():
    if sys.argv[1:2] == ["spider"]:
        return spider(*sys.argv[2:])
    parser = argparse.ArgumentParser(prog=".ci/throughput")
    parser.add_argument("--meetings", type=int, default=5000, help="how many meetings the site has")
    parser.add_argument("--runs", type=int, default=3, help="how often each crawler runs")
    parser.add_argument("--only", default="ours,wget,scrapy", help="which crawlers")
    parser.add_argument("--scrapy-pages", type=int, default=0, help="where Scrapy stops; 0: at the end")
    parser.add_argument("--part", choices=PARTS, action="append", help="which parts; default: all")
    parser.add_argument("--port", type=int, default=8940, help="the first of six ports")
    options = parser.parse_args()
    for name in options.part or PARTS:
        PARTS[name](options)


if __name__ == "__main__":
    main()
