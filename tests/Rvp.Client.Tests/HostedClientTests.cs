using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>A client as a service of a program: injected, logged, measured, and with connections as the program wants them.</summary>
public sealed class HostedClientTests
{
    [Fact]
    public async Task The_host_makes_one_client_that_logs_where_it_does_and_signs_it_out_at_the_end()
    {
        await using var home = await Home.StartAsync();
        using var log = new LoggedLines();
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.WatchAsync(Home.Jo);
        await using (var host = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(new LoggerFactory([new LogToLines(log)], new LoggerFilterOptions { MinLevel = LogLevel.Debug }))
            .AddRvpClient(_ => home.Options(Home.Jo))
            .BuildServiceProvider())
        {
            var client = host.GetRequiredService<RvpClient>();
            Assert.Same(client, host.GetRequiredService<RvpClient>());
            await client.SignInAsync();
            Assert.Equal(PresenceState.Online, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
            Assert.True((await client.SendAsync(Home.Kari, "a secret")).IsDelivered);
        }

        Assert.Equal("a secret", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
        Assert.Equal(PresenceState.Offline, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Contains("Information JoBrown@adatum.com is SignedIn: Signed in.\n", log.Text, StringComparison.Ordinal);
        Assert.Contains("Information JoBrown@adatum.com is SignedOut: Signed out.\n", log.Text, StringComparison.Ordinal);
        Assert.Contains("Debug NOTIFY http://", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_is_lost_is_an_error_in_the_log()
    {
        await using var home = await Home.StartAsync();
        using var log = new LoggedLines();
        using var loggers = new LoggerFactory([new LogToLines(log)]);
        await home.SignedIn(Home.Jo, options => options with { LoggerFactory = loggers });

        await home.Server.SetPasswordAsync("JoBrown@adatum.com", "Pass-Word-2");

        const string line = "Error The sign-in of JoBrown@adatum.com is over for good: The server does not accept the account name or the password.\n";
        await Deadline.Until(() => log.Text.Contains(line, StringComparison.Ordinal), line, () => log.Text);
    }

    [Fact]
    public async Task What_it_does_is_measured()
    {
        await using var home = await Home.StartAsync();
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Rvp.Client") listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue(instrument.Name + Of(tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue(instrument.Name + Of(tags)));
        listener.Start();
        var kari = await home.SignedIn(Home.Kari);

        await home.Client(Home.Jo).Client.SendAsync(Home.Kari, "Hello");
        await kari.Hears<RvpEvent.MessageReceived>();

        Assert.Contains("rvp.client.messages.sent outcome=Delivered", measured);
        Assert.Contains("rvp.client.messages.received", measured);
        Assert.Contains("rvp.client.request.duration verb=NOTIFY status=200", measured);
    }

    [Fact]
    public async Task Connections_are_as_the_program_wants_them()
    {
        await using var home = await Home.StartAsync();
        var handlers = new ConcurrentBag<SocketsHttpHandler>();
        var jo = home.Client(Home.Jo, options => options with { ConfigureHandler = handlers.Add });

        await jo.Client.VerifyAsync();

        Assert.All(handlers, handler => Assert.False(handler.AllowAutoRedirect));
        Assert.NotEmpty(handlers);
    }

    private static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = "";
        foreach (var (name, value) in tags) text += $" {name}={value}";
        return text;
    }

    private sealed class LoggedLines : IDisposable
    {
        private readonly ConcurrentQueue<string> lines = new();

        public string Text => string.Concat(lines);

        public void Add(string line) => lines.Enqueue(line + "\n");

        public void Dispose() => lines.Clear();
    }

    private sealed class LogToLines(LoggedLines lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
