using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>What is refused because somebody takes too much is counted whole and logged in part.</summary>
public sealed class AbuseLogTests : IDisposable
{
    private static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider clock = new();
    private readonly Abuse abuse;

    public AbuseLogTests() => abuse = new Abuse(clock);

    public void Dispose() => abuse.Dispose();

    [Fact]
    public void A_refusal_is_a_warning_with_kind_and_address()
    {
        abuse.Log.Refused(AbuseKind.Connections, IPAddress.Parse("::ffff:192.0.2.7"));

        var line = Assert.Single(abuse.Lines.Entries);
        Assert.Equal(("Abuse", LogLevel.Warning, "Refused Connections from 192.0.2.7"), (line.Event, line.Level, line.Message));
    }

    [Fact]
    public void Each_refusal_is_counted_and_two_a_second_of_one_sender_are_logged()
    {
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < 100; i++) abuse.Log.Refused(AbuseKind.Refusals, Stranger);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(6, abuse.Lines.Entries.Count);
        Assert.Contains("rvp_abuse_total{kind=\"Refusals\"} 300\n", abuse.Counts, StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_and_senders_do_not_use_up_each_others_lines()
    {
        for (var i = 0; i < 10; i++) abuse.Log.Refused(AbuseKind.Refusals, Stranger);
        abuse.Log.Refused(AbuseKind.SlowBodies, Stranger);
        abuse.Log.Refused(AbuseKind.Refusals, IPAddress.Parse("192.0.2.8"));

        Assert.Equal(
            ["Refused Refusals from 192.0.2.7", "Refused Refusals from 192.0.2.7", "Refused SlowBodies from 192.0.2.7", "Refused Refusals from 192.0.2.8"],
            abuse.Lines.Lines);
    }

    [Fact]
    public void The_addresses_of_one_household_are_one_sender()
    {
        for (var i = 1; i <= 10; i++) abuse.Log.Refused(AbuseKind.Refusals, IPAddress.Parse($"2001:db8:1:2::{i}"));

        Assert.Equal(2, abuse.Lines.Entries.Count);
    }

    [Fact]
    public void However_many_senders_there_are_a_second_has_a_hundred_lines()
    {
        for (var i = 0; i < 1000; i++) abuse.Log.Refused(AbuseKind.Refusals, new IPAddress([10, 0, (byte)(i >> 8), (byte)i]));

        Assert.Equal(100, abuse.Lines.Entries.Count);
    }
}
