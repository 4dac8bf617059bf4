using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>A real server, and clients of Jo Brown and Kari Hensien that find it.</summary>
internal sealed class Home : IAsyncDisposable
{
    public static readonly ImAddress Jo = Address("JoBrown@adatum.com");
    public static readonly ImAddress Kari = Address("KariHensien@adatum.com");

    private readonly List<Listening> listening = [];
    private readonly List<TempFolder> folders = [];

    private Home(TestServer server) => Server = server;

    public TestServer Server { get; }

    public static ImAddress Address(string text) => TestAccount.AddressOf(text);

    public static async Task<Home> StartAsync(IReadOnlyDictionary<string, string?>? overrides = null, FakeTimeProvider? clock = null) =>
        new(await TestServer.StartAsync(overrides, clock));

    public RvpClientOptions Options(ImAddress who) =>
        new()
        {
            Address = who,
            Password = TestServer.Password,
            Server = new Uri($"http://127.0.0.1:{Server.Port}"),
            Clock = Server.Clock ?? TimeProvider.System,
        };

    /// <summary>A client that is not signed in.</summary>
    public Listening Client(ImAddress who, Func<RvpClientOptions, RvpClientOptions>? change = null)
    {
        var made = new Listening(new RvpClient((change ?? (options => options))(Options(who))));
        listening.Add(made);
        return made;
    }

    /// <summary>A client that is signed in.</summary>
    public async Task<Listening> SignedIn(ImAddress who, Func<RvpClientOptions, RvpClientOptions>? change = null)
    {
        var made = Client(who, change);
        await made.Client.SignInAsync();
        return made;
    }

    /// <summary>An empty folder that goes when this does.</summary>
    public string MakeFolder()
    {
        folders.Add(new TempFolder());
        return folders[^1].Path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in listening) await one.DisposeAsync();
        await Server.DisposeAsync();
        foreach (var folder in folders) folder.Dispose();
    }
}

/// <summary>A client whose events are kept as they come.</summary>
internal sealed class Listening : IAsyncDisposable
{
    private readonly Channel<RvpEvent> heard = Channel.CreateUnbounded<RvpEvent>();
    private readonly List<RvpEvent> all = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task reading;

    public Listening(RvpClient client)
    {
        Client = client;
        reading = ReadAsync();
    }

    public RvpClient Client { get; }

    /// <summary>The next event of this kind; others are passed over.</summary>
    public async Task<T> Hears<T>() where T : RvpEvent =>
        await Deadline.For(NextAsync<T>(), "an event " + typeof(T).Name, Story);

    /// <summary>How many of this kind have come.</summary>
    public int Count<T>() where T : RvpEvent
    {
        lock (all) return all.OfType<T>().Count();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await stopping.CancelAsync();
        await reading;
        stopping.Dispose();
    }

    /// <summary>All that came.</summary>
    public string Story()
    {
        lock (all) return string.Join("; ", all);
    }

    private async Task<T> NextAsync<T>() where T : RvpEvent
    {
        while (true)
            if (await heard.Reader.ReadAsync() is T wanted) return wanted;
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var happened in Client.ReadEventsAsync(stopping.Token))
            {
                lock (all) all.Add(happened);
                heard.Writer.TryWrite(happened);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or RvpClientException)
        {
            // The test is over, or the sign-in is for good.
        }
    }
}
