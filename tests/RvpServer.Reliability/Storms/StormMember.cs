using System.Net;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Reliability.Storms;

/// <summary>One of very many: a client at an address of its own that does what old clients do, on a connection for as long as it does something.</summary>
/// <param name="number">Of the account.</param>
/// <param name="port">Of the server.</param>
/// <param name="office">Where it is called back.</param>
/// <param name="contacts">Whom it watches.</param>
internal sealed class StormMember(int number, int port, Office office, IReadOnlyList<int> contacts)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly User user = new(number);
    private long refusals;

    public string Name { get; } = User.NameOf(number);

    /// <summary>A network for each: nobody has the share of another.</summary>
    public IPAddress Address { get; } = new([127, (byte)(20 + number / 250), (byte)(number % 250), 1]);

    public IReadOnlyList<int> Contacts => contacts;

    public Office Office => office;

    /// <summary>The sign-in's id.</summary>
    public string SignIn { get; private set; } = "";

    /// <summary>How often it was told to come again later.</summary>
    public long Refusals => refusals;

    public Task SignsInAsync() => OnConnectionAsync(async connection =>
    {
        await AskAsync(connection, 200, "SUBSCRIBE", user.Path, $"Notification-Type: pragma/notify\r\nCall-Back: {office.UrlAt(Address)}\r\n");
        SignIn = HeaderOf(connection.Head, "Subscription-Id");
        await SetsStateAsync(connection, "online");
        foreach (var contact in contacts)
        {
            var path = "/instmsg/aliases/" + User.NameOf(contact);
            await AskAsync(connection, 207, "SUBSCRIBE", path, $"Notification-Type: update/propchange\r\nCall-Back: {user.Url}\r\n");
            office.Sees(Address, User.NameOf(contact), connection.Body);
        }
    });

    public Task SignsOutAsync() => OnConnectionAsync(connection => AskAsync(connection, 200, "UNSUBSCRIBE", user.Path, $"Subscription-Id: {SignIn}\r\n"));

    public Task SetsStateAsync(string state) => OnConnectionAsync(connection => SetsStateAsync(connection, state));

    /// <summary>Renews; the status is the answer to whether it is still signed in.</summary>
    public async Task<int> RenewsAsync()
    {
        var status = 0;
        await OnConnectionAsync(async connection =>
        {
            status = await AnswerAsync(connection, "SUBSCRIBE", user.Path, $"Subscription-Id: {SignIn}\r\n", "");
        });
        return status;
    }

    /// <summary>A connection of its own.</summary>
    public Task<HttpConnection> ConnectAsync() => HttpConnection.OpenAsync(port, CancellationToken.None, 2048, Address);

    /// <summary>A request with proof; the answer's status, after a challenge where there is one.</summary>
    public async Task<int> AnswerAsync(HttpConnection connection, string verb, string path, string headers, string body)
    {
        var status = await connection.AskAsync(user.Request(verb, path, headers, body), CancellationToken.None);
        if (status != 401) return status;
        user.Take(connection.Head);
        return await connection.AskAsync(user.Request(verb, path, headers, body), CancellationToken.None);
    }

    public static string HeaderOf(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";

    /// <summary>The body of a PROPPATCH.</summary>
    public static string StateDocument(string state) =>
        $"<?xml version=\"1.0\"?><d:propertyupdate {Person.Namespaces}><d:set><d:prop><r:state><r:leased-value><r:value><r:{state}/></r:value><r:default-value>"
            + "<r:offline/></r:default-value><d:timeout>14400</d:timeout></r:leased-value></r:state></d:prop></d:set></d:propertyupdate>";

    private Task SetsStateAsync(HttpConnection connection, string state) => AskAsync(connection, 207, "PROPPATCH", user.Path, "", StateDocument(state));

    // Comes again when it is told to, as often as it takes; every other answer must be the right one.
    private async Task AskAsync(HttpConnection connection, int expected, string verb, string path, string headers, string body = "")
    {
        while (true)
        {
            var status = await AnswerAsync(connection, verb, path, headers, body);
            if (status == expected) return;
            if (status != 503 || HeaderOf(connection.Head, "Retry-After").Length == 0)
                throw new InvalidOperationException($"{Name}: {verb} {path} got {connection.Head}{connection.Body}");
            Interlocked.Increment(ref refusals);
            await Task.Delay(Pause);
        }
    }

    private async Task OnConnectionAsync(Func<HttpConnection, Task> act)
    {
        using var connection = await ConnectAsync();
        try
        {
            await act(connection);
        }
        catch (Exception broken) when (broken is SocketException or IOException)
        {
            throw new InvalidOperationException($"The connection of {Name} broke.", broken);
        }
    }
}
