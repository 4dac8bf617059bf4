using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rvp.Testing;

/// <summary>
/// Someone with an RVP client: raw HTTP over real sockets, Digest, and a callback that listens. Reads as the story does:
/// <c>await jo.SetsState("on-phone"); await kari.Sees(jo, "on-phone");</c>
/// </summary>
internal sealed partial class Person(TestServer server, string name, string domain = "im.adatum.com", string password = TestServer.Password)
    : IAsyncDisposable
{
    /// <param name="line">Sends a request and gives its answer: to a server that is not in this process, or on a connection that is kept.</param>
    /// <param name="name">The account's name.</param>
    /// <param name="domain">The IM domain.</param>
    /// <param name="password">Its password.</param>
    public Person(Func<string, Task<RawAnswer>> line, string name, string domain, string password) : this(server: null!, name, domain, password) =>
        this.line = line;

    public const string Namespaces = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";

    // Each process knows its own challenges only.
    private readonly Dictionary<int, DigestClient> digests = [];
    private readonly Dictionary<string, Uri> referrals = [];
    private readonly Func<string, Task<RawAnswer>>? line;
    private CallbackListener? callback;
    private int? viewId;

    public string Name { get; } = name;

    /// <summary>The logical URL.</summary>
    public string Url => $"http://{Domain}{Path}";

    /// <summary>The IM domain.</summary>
    public string Domain { get; } = domain;

    public string Path => "/instmsg/aliases/" + Name;

    /// <summary>What the client calls the server: after a referral, the home server's own name.</summary>
    public string Host { get; set; } = domain;

    /// <summary>What the client puts before a path: empty for logical URLs, <c>/instmsg/local/im.adatum.com</c> after a referral.</summary>
    public string Prefix { get; set; } = "";

    public CallbackListener Callback
    {
        get => callback ??= CallbackListener.Start();
        init => callback = value;
    }

    /// <summary>The sign-in's id.</summary>
    public int SignIn { get; private set; }

    public TestServer Server { get; set; } = server;

    public Task<RawAnswer> SignsIn() => SignsInAt(Callback.Url);

    /// <summary>Signs in with a callback that lies elsewhere.</summary>
    public Task<RawAnswer> SignsInAt(Uri callback) => SignsIn($"Call-Back: {callback.ToString().TrimEnd('/')}\r\n");

    /// <summary>Signs in without a callback: news wait for POLL.</summary>
    /// <param name="interval">How often, in seconds; null: does not say.</param>
    public Task<RawAnswer> SignsInToPoll(int? interval = null) => SignsIn(interval is null ? "" : $"RVP-Poll-Interval: {interval}\r\n");

    /// <summary>POLLs the sign-in.</summary>
    /// <param name="cursor">Acknowledges what came before.</param>
    /// <param name="headers">Further header lines.</param>
    public Task<RawAnswer> Polls(string? cursor = null, string headers = "") =>
        Asks("POLL", Prefix + Path, $"Subscription-Id: {SignIn}\r\n" + (cursor is null ? "" : $"RVP-Poll-Cursor: {cursor}\r\n") + headers);

    public async Task<RawAnswer> SetsState(string state, int lease = 1200)
    {
        var view = viewId is { } id ? $"<r:view-id>{id}</r:view-id>" : "";
        var answer = await Asks("PROPPATCH", Prefix + Path, "",
            $"<?xml version=\"1.0\"?><d:propertyupdate {Namespaces}><d:set><d:prop><r:state><r:leased-value><r:value><r:{state}/></r:value><r:default-value>"
                + $"<r:offline/></r:default-value><d:timeout>{lease}</d:timeout></r:leased-value>{view}</r:state></d:prop></d:set></d:propertyupdate>");
        if (ViewId().Match(answer.Body) is { Success: true } match) viewId = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return answer;
    }

    /// <summary>Where this person's own server is asked for another: people of other domains by a path that names theirs.</summary>
    public string PathTo(Person other) => other.Domain == Domain ? Prefix + other.Path : $"/instmsg/local/{other.Domain}{other.Path}";

    public Task<RawAnswer> Watches(Person other) =>
        Asks("SUBSCRIBE", PathTo(other), $"Notification-Type: update/propchange\r\nCall-Back: {Url}\r\nSubscription-Lifetime: 14400\r\n");

    public Task<RawAnswer> Renews(int subscription, Person? other = null) =>
        Asks("SUBSCRIBE", PathTo(other ?? this), $"Subscription-Id: {subscription}\r\nSubscription-Lifetime: 14400\r\n");

    /// <summary>Looks some properties of someone up.</summary>
    /// <param name="other">Whose.</param>
    /// <param name="properties">The elements, for example <c>&lt;r:state/&gt;</c>.</param>
    public Task<RawAnswer> LooksUp(Person other, string properties = "<r:state/>") =>
        Asks("PROPFIND", PathTo(other), "", $"<?xml version=\"1.0\"?><d:propfind {Namespaces}><d:prop>{properties}</d:prop></d:propfind>");

    /// <summary>Asks who has one on the list.</summary>
    public Task<RawAnswer> ListsWatchers() => Asks("SUBSCRIPTIONS", Prefix + Path, "Notification-Type: update/propchange\r\n");

    /// <summary>Asks where one is signed in.</summary>
    public Task<RawAnswer> ListsSignIns() => Asks("SUBSCRIPTIONS", Prefix + Path, "Notification-Type: pragma/notify\r\n");

    public Task<RawAnswer> ReadsAcl() => Asks("ACL", Prefix + Path);

    public Task<RawAnswer> StopsWatching(Person other, string subscription) => Asks("UNSUBSCRIBE", PathTo(other), $"Subscription-Id: {subscription}\r\n");

    public Task<RawAnswer> SignsOut(string headers = "") => Asks("UNSUBSCRIBE", Prefix + Path, $"Subscription-Id: {SignIn}\r\n" + headers);

    public Task<RawAnswer> Says(Person other, string text, string contentType = "text/plain; charset=UTF-8", string ackType = "DeepOr") =>
        Asks("NOTIFY", PathTo(other), $"RVP-Ack-Type: {ackType}\r\nRVP-Hop-Count: 1\r\n", MessageTo(other, text, contentType));

    public Task<RawAnswer> Types(Person other) =>
        Asks("NOTIFY", PathTo(other), "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n",
            MessageTo(other, "", $"text/x-msmsgscontrol; charset=UTF-8\r\nTypingUser: {Name}@adatum.com"));

    public Task<RawAnswer> Blocks(Person other) => WritesAce(other, "<a:grant/><a:deny><a:send-to/><a:presence/></a:deny>");

    public Task<RawAnswer> Unblocks(Person other) => WritesAce(other, "<a:grant><a:send-to/><a:presence/></a:grant><a:deny/>");

    /// <summary>The document of a message, as clients write it, but for white space between elements, which the server takes out.</summary>
    public string MessageTo(Person other, string text, string contentType = "text/plain; charset=UTF-8") =>
        $"<?xml version=\"1.0\"?><r:notification {Namespaces}><r:message><r:notification-from><r:contact><d:href>{Url}</d:href>"
            + $"<r:description>{Name}</r:description></r:contact></r:notification-from>"
        + $"<r:notification-to><r:contact><d:href>{other.Url}</d:href></r:contact></r:notification-to><r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\n"
            + $"Content-Type: {contentType}\r\n"
        + $"Session-Id: {{79FC61B5-1234-1234-8A10-941F33CA4C90}}\r\n\r\n{text}]]></r:mime-data></r:msgbody></r:message></r:notification>";

    /// <summary>Waits for the news that someone's state has changed.</summary>
    public async Task<ReceivedNotify> Sees(Person other, string state)
    {
        var notify = await Callback.NextAsync();
        var expected = $"<?xml version=\"1.0\"?><r:notification {Namespaces}><r:propnotification><r:notification-from><r:contact>"
            + $"<d:href>{other.Url}</d:href><r:description/></r:contact></r:notification-from>"
            + $"<r:notification-to><r:contact><d:href>{Url}</d:href><r:description/></r:contact></r:notification-to>"
            + $"<d:propertyupdate><d:set><d:prop><r:state><r:{state}/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";
        return notify.Body == expected ? notify : throw new InvalidOperationException($"{Name} expected {other.Name} {state}, but got: {notify.Body}");
    }

    /// <summary>Waits for a message and sees that it came byte for byte.</summary>
    public async Task<ReceivedNotify> Hears(Person other, string text, string contentType = "text/plain; charset=UTF-8")
    {
        var notify = await Callback.NextAsync();
        return notify.Body == other.MessageTo(this, text, contentType)
            ? notify
            : throw new InvalidOperationException($"{Name} expected \"{text}\" from {other.Name}, but got: {notify.Body}");
    }

    /// <summary>Proves that nothing has come: sends a message to oneself and takes it as the next thing that arrives.</summary>
    public async Task HearsNothing()
    {
        var fence = "fence " + Guid.NewGuid();
        if (line is null) await Server.NewsHaveCrossedAsync();
        await Says(this, fence);
        var notify = await Callback.NextAsync();
        if (!notify.Body.Contains(fence, StringComparison.Ordinal)) throw new InvalidOperationException($"{Name} expected nothing, but got: {notify.Body}");
    }

    /// <summary>A request with proof: the first time without, to be challenged, as old clients do. Goes where a router refers to, and remembers it.</summary>
    /// <remarks>All on one process, as on a connection; the next request goes to another.</remarks>
    public async Task<RawAnswer> Asks(string verb, string target, string headers = "", string body = "")
    {
        var process = line is null ? Server.NextProcess() : 0;
        var answer = await SendAsync(process, Request(process, verb, target, headers, body));
        if (answer.Status == 302)
        {
            referrals[target] = new Uri(answer["Location"]!);
            answer = await SendAsync(process, Request(process, verb, target, headers, body));
        }
        return TakesChallenge(process, answer) ? await SendAsync(process, Request(process, verb, target, headers, body)) : answer;
    }

    /// <summary>The Authorization line for a request that a test writes itself, CRLF included; for the first process.</summary>
    public async Task<string> Proof(string verb, string target)
    {
        if (!DigestAt(0).HasChallenge) TakesChallenge(0, await SendAsync(0, Request(0, verb, target, "", "")));
        return DigestAt(0).HeaderFor(verb, target);
    }

    /// <summary>The client has ended, and begins with a new view.</summary>
    public void ForgetsView() => viewId = null;

    public ValueTask DisposeAsync() => callback?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task<RawAnswer> SendAsync(int process, string request) => line is null ? Server.AskAsync(request, process) : line(request);

    private DigestClient DigestAt(int process)
    {
        if (!digests.TryGetValue(process, out var digest)) digests[process] = digest = new DigestClient(Name, password);
        return digest;
    }

    private async Task<RawAnswer> SignsIn(string callback)
    {
        var answer = await Asks("SUBSCRIBE", Prefix + Path, $"Notification-Type: pragma/notify\r\n{callback}Subscription-Lifetime: 14400\r\n");
        if (answer.Status == 200) SignIn = int.Parse(answer["Subscription-Id"]!, CultureInfo.InvariantCulture);
        return answer;
    }

    private bool TakesChallenge(int process, RawAnswer answer)
    {
        if (answer.Status != 401) return false;
        var challenges = answer.All("WWW-Authenticate");
        if (challenges.FirstOrDefault(challenge => challenge.StartsWith("Digest", StringComparison.Ordinal)) is not { } offered) return false;
        DigestAt(process).Take(offered);
        return true;
    }

    private string Request(int process, string verb, string asked, string headers, string body)
    {
        var (host, target) = referrals.TryGetValue(asked, out var url) ? (url.Authority, url.PathAndQuery) : (Host, asked);
        return $"{verb} {target} HTTP/1.1\r\nHost: {host}\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: {Url}\r\n"
            + DigestAt(process).HeaderFor(verb, target) + (verb == "PROPFIND" && !headers.Contains("Depth", StringComparison.Ordinal) ? "Depth: 0\r\n" : "")
            + (body.Length > 0 ? "Content-Type: text/xml\r\n" : "") + headers
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
    }

    private Task<RawAnswer> WritesAce(Person other, string rights) =>
        Asks("ACL", Prefix + Path, "", $"<?xml version=\"1.0\"?><a:rvpacl {Namespaces}><a:acl><a:inheritance>none</a:inheritance><a:ace><a:principal>"
            + $"<a:rvp-principal>{other.Url}</a:rvp-principal><a:credentials><a:assertion/><a:digest/><a:ntlm/></a:credentials></a:principal>"
            + $"{rights}</a:ace></a:acl></a:rvpacl>");

    [GeneratedRegex("<r:view-id>([0-9]+)</r:view-id>")]
    private static partial Regex ViewId();
}
