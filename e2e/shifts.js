// Watches how far things move after they were drawn: the browser's layout shifts.
export const shiftLimit = 0.02;

/** watchShifts sums the layout shifts of each page from its start in window.shifts, without those that follow what somebody does. */
export const watchShifts = (page) => page.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts += entry.hadRecentInput ? 0 : entry.value)))
        .observe({ type: "layout-shift", buffered: true });
});
