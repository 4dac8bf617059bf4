using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Reliability;

/// <summary>
/// Someone whose client has one connection, which may break at any moment, and keeps what it was promised and what it has seen. A null answer: none came, and
/// the request was served or not.
/// </summary>
internal sealed partial class Member : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Func<int> port;
    private readonly ConcurrentDictionary<string, (string State, int Version)> pictures = [];
    private readonly ConcurrentDictionary<string, int> shown = [];
    private RawConnection? connection;
    private string? cursor;
    private int refused;
    private int unanswered;

    /// <param name="name">The account's name.</param>
    /// <param name="port">Where the server is.</param>
    /// <param name="isPolled">Whether it asks for its news instead of being called back.</param>
    /// <param name="password">Its password.</param>
    /// <param name="domain">Its IM domain.</param>
    public Member(string name, Func<int> port, bool isPolled = false, string password = TestServer.Password, string domain = "im.adatum.com")
    {
        this.port = port;
        IsPolled = isPolled;
        Person = new Person(SendAsync, name, domain, password)
        {
            Callback = CallbackListener.Start(
                notify =>
                {
                    Take(notify.Body);
                    return Reply;
                },
                keepsAll: false),
        };
    }

    public Person Person { get; }

    public string Name => Person.Name;

    public bool IsPolled { get; }

    /// <summary>Where it says its callback is, if not where it is.</summary>
    public Uri? CallbackAt { get; init; }

    /// <summary>How its callback answers.</summary>
    public CallbackReply Reply { get; set; } = CallbackReply.KeepAlive;

    /// <summary>How long it waits for an answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How often it was answered 503.</summary>
    public int Refused => refused;

    /// <summary>How often it had sent something, and no answer came.</summary>
    public int Unanswered => unanswered;

    /// <summary>Texts of messages that were shown, and how often each.</summary>
    public IReadOnlyDictionary<string, int> Shown => shown;

    /// <summary>The numbers of the messages shown, in order.</summary>
    public ConcurrentQueue<string> ShownInOrder { get; } = [];

    /// <summary>Whether it keeps the order of what is shown.</summary>
    public bool KeepsOrder { get; init; }

    /// <summary>The states that it was ever told of somebody, in order, where it keeps the order.</summary>
    public ConcurrentQueue<(string Contact, string State)> Told { get; } = [];

    /// <summary>What it shows as somebody's state; null: it knows nothing.</summary>
    public string? PictureOf(Member contact) => pictures.TryGetValue(contact.Name, out var picture) ? picture.State : null;

    /// <summary>Forgets what was shown, where somebody has counted it.</summary>
    public void ForgetShown() => shown.Clear();

    /// <summary>Does something; null where no answer came.</summary>
    public async Task<RawAnswer?> Tries(Func<Person, Task<RawAnswer>> act)
    {
        await turn.WaitAsync();
        try
        {
            var answer = await act(Person);
            if (answer.Status == 503) Interlocked.Increment(ref refused);
            return answer;
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or ObjectDisposedException)
        {
            // Without a connection nothing was sent.
            if (connection is not null) Interlocked.Increment(ref unanswered);
            await HangUpAsync();
            return null;
        }
        finally
        {
            turn.Release();
        }
    }

    public Task<RawAnswer?> SignsIn() => Tries(async person =>
    {
        var answer = IsPolled ? await person.SignsInToPoll() : await person.SignsInAt(CallbackAt ?? person.Callback.Url);
        if (answer.Status == 200)
        {
            person.ForgetsView();
            cursor = null;
        }
        return answer;
    });

    /// <summary>Watches, and sees what the answer says unless something newer has come meanwhile.</summary>
    public Task<RawAnswer?> Watches(Member contact) => Tries(async person =>
    {
        var version = pictures.TryGetValue(contact.Name, out var before) ? before.Version : 0;
        var answer = await person.Watches(contact.Person);
        if (answer.Status == 207)
            pictures.AddOrUpdate(contact.Name, _ => (StateIn(answer.Body), 1), (_, now) => now.Version == version ? (StateIn(answer.Body), version + 1) : now);
        return answer;
    });

    public Task<RawAnswer?> SetsState(string state) => Tries(person => person.SetsState(state));

    public Task<RawAnswer?> Says(Member other, string text) => Tries(person => person.Says(other.Person, text));

    /// <summary>Somebody's state as this one may see it; null where no answer came.</summary>
    public async Task<string?> LooksUp(Member contact) =>
        await Tries(person => person.LooksUp(contact.Person)) is { Status: 207 } answer ? StateIn(answer.Body) : null;

    /// <summary>Fetches what waits, and acknowledges what came before.</summary>
    public Task<RawAnswer?> Polls() => Tries(async person =>
    {
        var answer = await person.Polls(cursor);
        TakeAll(answer);
        if (answer.Status == 200) cursor = answer["RVP-Poll-Cursor"];
        return answer;
    });

    /// <summary>Ends a sign-in whose answer it never had, after it has fetched what waits there.</summary>
    public Task<RawAnswer?> EndsForgotten(string id) => Tries(async person =>
    {
        if (IsPolled) TakeAll(await person.Asks("POLL", person.Path, $"Subscription-Id: {id}\r\n"));
        return await person.Asks("UNSUBSCRIBE", person.Path, $"Subscription-Id: {id}\r\n");
    });

    /// <summary>Closes the connection; the next request opens another.</summary>
    public async Task HangsUp()
    {
        await turn.WaitAsync();
        await HangUpAsync();
        turn.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        await Person.DisposeAsync();
        turn.Dispose();
    }

    /// <summary>The state in an answer.</summary>
    public static string StateIn(string body) => State().Match(body) is { Success: true } match ? match.Groups[1].Value : "none";

    private void TakeAll(RawAnswer polled)
    {
        foreach (Match notification in Notification().Matches(polled.Body)) Take(notification.Value);
    }

    private void Take(string notification)
    {
        if (Message().Match(notification) is { Success: true } message)
        {
            var text = message.Groups[1].Value;
            shown.AddOrUpdate(text, 1, (_, count) => count + 1);
            if (KeepsOrder) ShownInOrder.Enqueue(text);
        }
        else if (From().Match(notification) is { Success: true } from && State().Match(notification) is { Success: true } state)
        {
            var (contact, value) = (from.Groups[1].Value, state.Groups[1].Value);
            pictures.AddOrUpdate(contact, (value, 1), (_, before) => (value, before.Version + 1));
            if (KeepsOrder) Told.Enqueue((contact, value));
        }
    }

    private async Task<RawAnswer> SendAsync(string request)
    {
        // As clients look before they send.
        if (connection is { IsClosed: true }) await HangUpAsync();
        connection ??= await RawConnection.OpenAsync(port());
        await connection.SendAsync(request);
        var answer = await connection.ReadAnswerAsync(Patience);
        if (string.Equals(answer["Connection"], "close", StringComparison.OrdinalIgnoreCase)) await HangUpAsync();
        return answer;
    }

    private async Task HangUpAsync()
    {
        if (connection is { } open) await open.DisposeAsync();
        connection = null;
    }

    [GeneratedRegex("<r:state><r:([a-z-]+)/>")]
    private static partial Regex State();

    [GeneratedRegex("<r:notification-from>.*?/instmsg/aliases/([^<]+)</d:href>")]
    private static partial Regex From();

    [GeneratedRegex(@"\r\n\r\n(.*)\]\]></r:mime-data>")]
    private static partial Regex Message();

    [GeneratedRegex("<r:notification .*?</r:notification>", RegexOptions.Singleline)]
    private static partial Regex Notification();
}
