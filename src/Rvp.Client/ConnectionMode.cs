using System.Globalization;

namespace Rvp.Client;

/// <summary>How notifications reach the client: the choices of the white paper's "Connection Configuration" page, and long poll. A closed set.</summary>
public abstract record ConnectionMode
{
    /// <summary>Lowest port allowed for a callback. [white paper]</summary>
    public const int MinPort = 1025;

    /// <summary>Highest port allowed for a callback.</summary>
    public const int MaxPort = 65535;

    private ConnectionMode()
    {
    }

    /// <summary>The server calls back on a random port of this machine.</summary>
    public static ConnectionMode Default { get; } = new Callback(0, 0);

    /// <summary>One request waits at the server for news, so that news arrives immediately. Works behind NAT and firewalls; the choice if in doubt.</summary>
    public static ConnectionMode LongPoll { get; } = new Poll(TimeSpan.Zero, TimeSpan.FromSeconds(55));

    /// <summary>Asks for news every 10 minutes, as Exchange's client does.</summary>
    public static ConnectionMode Polling() => Polling(TimeSpan.FromMinutes(10));

    /// <summary>Asks for news at an interval of 1 to 15 minutes.</summary>
    /// <exception cref="ArgumentException">The interval is out of range; the message is a sentence for the user.</exception>
    public static ConnectionMode Polling(TimeSpan interval) =>
        interval >= TimeSpan.FromMinutes(1) && interval <= TimeSpan.FromMinutes(15)
            ? new Poll(interval, TimeSpan.Zero)
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The polling interval must be between 1 and 15 minutes, not {interval.TotalMinutes:0.##}."));

    /// <summary>The server calls back on the first free port of a range that the firewall lets in.</summary>
    /// <exception cref="ArgumentException">
    /// The range is not within 1025–65535, or its first port is above its last; the message is a sentence for the user.
    /// </exception>
    public static ConnectionMode FixedPorts(int first, int last)
    {
        foreach (var port in (ReadOnlySpan<int>)[first, last])
            if (port is < MinPort or > MaxPort)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Callback ports must be between {MinPort} and {MaxPort}, not {port}."));
            }
        return first <= last
            ? new Callback(first, last)
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The first callback port, {first}, is higher than the last, {last}."));
    }

    /// <summary>Ports to try in order; 0 means any free port.</summary>
    internal sealed record Callback(int First, int Last) : ConnectionMode;

    /// <summary>Time between two polls, and how long the server may hold each.</summary>
    internal sealed record Poll(TimeSpan Interval, TimeSpan Wait) : ConnectionMode;
}
