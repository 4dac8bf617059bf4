using Rvp.Testing;

namespace RvpServer.Interop.Curl;

/// <summary>A person at the command line with curl, who proves who they are by <c>--digest</c> or <c>--ntlm</c>.</summary>
internal sealed record CurlUser(RunningServer Server, string Account, string Password, string Scheme)
{
    public string Url => Server.UrlOf(Account);

    /// <summary>Sends one request, challenge and answer included.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="account">Whose node.</param>
    /// <param name="headers">Header lines beside those that every request has.</param>
    /// <param name="body">The body; none if null.</param>
    /// <param name="options">Further options of curl.</param>
    public async Task<CurlAnswer> Sends(
        string verb, string account, IEnumerable<string> headers, string? body = null, params string[] options)
    {
        List<string> arguments =
        [
            "--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "30", $"--{Scheme}", "--user", $"{Account}:{Password}",
            "--request", verb, .. options,
        ];
        foreach (var header in headers.Prepend($"RVP-From-Principal: {Url}").Prepend("RVP-Notifications-Version: 0.2"))
        {
            arguments.AddRange(["--header", header]);
        }
        if (body is not null) arguments.AddRange(["--header", "Content-Type: text/xml", "--data-binary", "@-"]);

        arguments.Add(Server.UrlOf(account));
        return CurlAnswer.ParseLast(await Commands.DoAsync("curl", arguments, body ?? ""));
    }

    public Task<CurlAnswer> SignsIn(CallbackListener callback, params string[] options) => Sends(
        "SUBSCRIBE", Account,
        ["Notification-Type: pragma/notify", $"Call-Back: {callback.Url.ToString().TrimEnd('/')}", "Subscription-Lifetime: 14400"], options: options);

    public Task<CurlAnswer> Watches(string account) => Sends(
        "SUBSCRIBE", account, ["Notification-Type: update/propchange", $"Call-Back: {Url}", "Subscription-Lifetime: 14400"]);

    public Task<CurlAnswer> SetsState(string state) => Sends("PROPPATCH", Account, [], $"""
        <?xml version="1.0"?><d:propertyupdate {Person.Namespaces}><d:set><d:prop><r:state>{RvpXmlText.Leased(state)}</r:state></d:prop></d:set></d:propertyupdate>
        """);
}
