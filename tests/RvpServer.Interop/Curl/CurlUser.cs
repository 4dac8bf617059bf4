using System.Diagnostics;
using System.Text;

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
        foreach (string header in headers.Prepend($"RVP-From-Principal: {Url}").Prepend("RVP-Notifications-Version: 0.2"))
        {
            arguments.AddRange(["--header", header]);
        }

        if (body is not null)
        {
            arguments.AddRange(["--header", "Content-Type: text/xml", "--data-binary", "@-"]);
        }

        arguments.Add(Server.UrlOf(account));
        return CurlAnswer.ParseLast(await RunAsync(arguments, body ?? ""));
    }

    public Task<CurlAnswer> SignsIn(NotifyListener callback, params string[] options) => Sends(
        "SUBSCRIBE", Account,
        ["Notification-Type: pragma/notify", $"Call-Back: {callback.Url}", "Subscription-Lifetime: 14400"], options: options);

    public Task<CurlAnswer> Watches(string account) => Sends(
        "SUBSCRIBE", account, ["Notification-Type: update/propchange", $"Call-Back: {Url}", "Subscription-Lifetime: 14400"]);

    public Task<CurlAnswer> SetsState(string state) => Sends("PROPPATCH", Account, [], $"""
        <?xml version="1.0"?><d:propertyupdate {RvpXmlText.Declarations}><d:set><d:prop><r:state>{RvpXmlText.Leased(state)}</r:state></d:prop></d:set></d:propertyupdate>
        """);

    private static async Task<string> RunAsync(IEnumerable<string> arguments, string input)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo("curl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
        };
        using Process curl = Process.Start(start)!;
        Task<string> output = curl.StandardOutput.ReadToEndAsync();
        Task<string> errors = curl.StandardError.ReadToEndAsync();
        await curl.StandardInput.WriteAsync(input);
        curl.StandardInput.Close();
        await curl.WaitForExitAsync();
        Assert.True(curl.ExitCode == 0, $"curl: exit code {curl.ExitCode}\n{await errors}{await output}");
        return await output;
    }
}
