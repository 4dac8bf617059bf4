using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>An outage has a line when it begins, one a minute, and one when it is over, however many requests fail.</summary>
public class OutageLogTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly LogCollector log = new();
    private readonly OutageLog outage;

    public OutageLogTests() => outage = new OutageLog("The store", clock, log.Of<OutageLog>(), LogLevel.Error);

    [Fact]
    public void A_flood_of_failures_is_one_line_at_the_beginning_and_one_a_minute_with_the_count()
    {
        var cause = new IOException("disk full");
        for (var second = 0; second < 150; second++)
        {
            for (var i = 0; i < 100; i++) outage.Failed("disk full", cause);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        outage.Succeeded();

        Assert.Equal(
            [
                "The store fails: disk full",
                "The store failed 5999 more times within a minute: disk full",
                "The store failed 6000 more times within a minute: disk full",
                "The store works again after 00:02:30",
            ],
            log.Lines);
        Assert.Equal([LogLevel.Error, LogLevel.Error, LogLevel.Error, LogLevel.Information], log.Entries.Select(entry => entry.Level));
        Assert.Equal([cause, null, null, null], log.Entries.Select(entry => entry.Cause));
    }

    [Fact]
    public void What_fails_and_works_by_turns_fills_no_log_either()
    {
        for (var i = 0; i < 60; i++)
        {
            outage.Failed("busy");
            outage.Succeeded();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                "The store fails: busy", "The store works again after 00:00:00", "The store failed 59 more times within a minute: busy",
                "The store works again after 00:01:00",
            ],
            log.Lines);
    }

    [Fact]
    public void A_minute_without_a_failure_ends_an_outage_and_a_later_one_is_told_anew()
    {
        outage.Failed("no answer");
        clock.Advance(OutageLog.Interval);
        Assert.False(outage.IsOn);

        clock.Advance(TimeSpan.FromHours(1));
        outage.Failed("no answer");
        outage.Succeeded();
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(
            [
                "The store fails: no answer", "The store works again after 00:01:00", "The store fails: no answer", "The store works again after 00:00:00",
            ],
            log.Lines);
    }
}
