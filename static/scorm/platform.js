/* The platform, as SCORM 1.2 lets a page speak to it. Without one everything works and nothing is kept. */
(function () {
  "use strict";

  // The standard's search: up through the frames, then through the window that opened this one. More frames than these are a loop.
  var MOST_FRAMES = 500, LONGEST_SUSPENDED = 4096;
  var api = null, isOpen = false, isOver = false, began = new Date();

  function upwards(from) {
    var tries = 0;
    try {
      while (!from.API && from.parent && from.parent !== from && tries < MOST_FRAMES) {
        tries += 1;
        from = from.parent;
      }
      return from.API || null;
    } catch (refused) {
      // A frame of another site: what lies above it cannot be seen.
      return null;
    }
  }

  function found() {
    var here = upwards(window);
    if (here) return here;
    try {
      return window.opener && typeof window.opener !== "undefined" ? upwards(window.opener) : null;
    } catch (refused) {
      return null;
    }
  }

  function call(name, first, second) {
    try {
      return second === undefined ? api[name](first) : api[name](first, second);
    } catch (failed) {
      return "";
    }
  }

  function failedLast() {
    var code = String(call("LMSGetLastError") || "0");
    return code !== "0";
  }

  function open() {
    api = found();
    isOpen = Boolean(api) && String(call("LMSInitialize", "")) === "true";
    return isOpen;
  }

  function get(name) {
    if (!isOpen || isOver) return "";
    var value = call("LMSGetValue", name);
    return value === undefined || value === null || failedLast() ? "" : String(value);
  }

  function set(name, value) {
    return isOpen && !isOver && String(call("LMSSetValue", name, String(value))) === "true";
  }

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function timespan(milliseconds) {
    var seconds = Math.max(0, Math.floor(milliseconds / 1000));
    var hours = Math.min(9999, Math.floor(seconds / 3600));
    return ("000" + hours).slice(-4) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  }

  function clockTime(date) {
    return two(date.getHours()) + ":" + two(date.getMinutes()) + ":" + two(date.getSeconds());
  }

  function commit() {
    return isOpen && !isOver && String(call("LMSCommit", "")) === "true";
  }

  /* `exit`: "suspend" to come back to the same place, "" when all is done. Once. */
  function close(exit) {
    if (!isOpen || isOver) return;
    set("cmi.core.session_time", timespan(new Date() - began));
    set("cmi.core.exit", exit);
    commit();
    call("LMSFinish", "");
    isOver = true;
  }

  window.caselibPlatform = {
    LONGEST_SUSPENDED: LONGEST_SUSPENDED,
    open: open, get: get, set: set, commit: commit, close: close, clockTime: clockTime, timespan: timespan,
    isOver: function () { return isOver; }
  };
})();
