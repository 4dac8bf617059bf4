using System.Text;
using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Tests.Web;

/// <summary>What a browser sends for the web client's page, written out line by line: a cookie, and the signs that a page of the server is asking.</summary>
internal sealed class Browser(TestServer server)
{
    /// <summary>As browsers write it on plain http, where they leave Sec-Fetch-Site out.</summary>
    public const string OwnPage = "Origin: http://im.adatum.com\r\nRVP-Client: web\r\n";

    /// <summary>The cookie line, or nothing.</summary>
    public string Cookie { get; set; } = "";

    public Task<RawAnswer> SignsInAsync(string address = "JoBrown@adatum.com", string password = TestServer.Password, string signs = OwnPage) =>
        AsksAsync("POST", "/session", signs + "Content-Type: application/json\r\n", JsonSerializer.Serialize(new { address, password }));

    /// <summary>One request; takes the cookie that comes with the answer.</summary>
    public async Task<RawAnswer> AsksAsync(string verb, string target, string headers = OwnPage, string body = "", string host = "im.adatum.com")
    {
        var answer = await server.AskAsync(
            $"{verb} {target} HTTP/1.1\r\nHost: {host}\r\n{Cookie}{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        foreach (var cookie in answer.All("Set-Cookie")) Take(cookie.Split(';')[0]);
        return answer;
    }

    private void Take(string cookie)
    {
        var name = cookie[..(cookie.IndexOf('=', StringComparison.Ordinal) + 1)];
        var others = Cookie.Replace("Cookie: ", "", StringComparison.Ordinal).Trim().Split("; ")
            .Where(one => one.Length > 0 && !one.StartsWith(name, StringComparison.Ordinal));
        Cookie = "Cookie: " + string.Join("; ", others.Append(cookie)) + "\r\n";
    }

    /// <summary>Something that only Jo may: who watches Jo.</summary>
    public Task<RawAnswer> AsksWhoWatchesJoAsync(string headers = OwnPage) =>
        AsksAsync("SUBSCRIPTIONS", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", headers + "Notification-Type: update/propchange\r\n");
}
