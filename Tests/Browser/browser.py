"""A headless Chromium of Debian's, and what a person does with it."""
import os
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_SECONDS = 20


class Browser:
    """One window. `width` and `height` are of the page, in CSS pixels."""

    def __init__(self, width: int = 1280, height: int = 900):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--lang=en",
                         "--force-device-scale-factor=1", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--no-first-run"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # it refuses to run as root with one
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
        self.resize(width, height)

    def close(self) -> None:
        self.driver.quit()

    def command(self, name: str, **parameters):
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def resize(self, width: int, height: int, mobile: bool = False, scale: float = 1) -> None:
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=scale, mobile=mobile)

    def prefer(self, **features: str) -> None:
        """Media features that the reader prefers, such as prefers_color_scheme="dark"."""
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    @contextmanager
    def without_scripts(self):
        self.command("Emulation.setScriptExecutionDisabled", value=True)
        try:
            yield
        finally:
            self.command("Emulation.setScriptExecutionDisabled", value=False)

    # What a person does

    def open(self, address: str) -> None:
        self.driver.get(address)

    def type(self, text: str) -> None:
        """Keys to whatever has the focus."""
        ActionChains(self.driver).send_keys(text).perform()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.type(getattr(Keys, key.upper()))

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def click_at(self, selector: str, x: int, y: int) -> None:
        """A click at an offset from an element's top left corner."""
        self.point_at(selector, x, y).click().perform()

    def point_at(self, selector: str, x: int, y: int) -> ActionChains:
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        box = element.rect
        chain = ActionChains(self.driver).move_to_element_with_offset(
            element, round(x - box["width"] / 2), round(y - box["height"] / 2))
        chain.perform()
        return chain

    # What is seen

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def value(self, selector: str) -> str:
        return self.run("return document.querySelector(arguments[0]).value", selector)

    def focused(self) -> str:
        """The text of what has the focus, or its id."""
        return self.run("const e = document.activeElement; return e.id || e.innerText")

    @property
    def path(self) -> str:
        return self.run("return location.pathname + location.search")

    def until(self, condition, what: str = ""):
        """Waits for `condition()` and gives what it gives."""
        return WebDriverWait(self.driver, PATIENCE_SECONDS, 0.02).until(
            lambda _: condition(), what)

    def until_text(self, selector: str, part: str) -> None:
        self.until(lambda: part in self.text(selector),
                   f"{selector} never said {part!r} but {self.text(selector)!r}")

    def complaints(self) -> list[str]:
        """What the console has complained of since the last time; violations of the policy too."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("WARNING", "SEVERE")]

    def picture(self, path: str, **clip: float) -> None:
        import base64
        parameters = {"clip": {"scale": 1, **clip}} if clip else {}
        shot = self.command("Page.captureScreenshot", format="png", **parameters)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
