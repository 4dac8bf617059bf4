using System.Text;
using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Tests.Webhooks;

/// <summary>Somebody who makes webhooks, and the programs that have their URLs.</summary>
internal sealed class HookOwner(TestServer server, Person owner)
{
    private const string Path = "/instmsg/hooks";

    public TestServer Server { get; set; } = server;

    /// <summary>The name by which the server is asked.</summary>
    public string Host { get; set; } = "im.adatum.com";

    /// <summary>Makes a hook and gives the path of its URL.</summary>
    public async Task<string> MakesAsync(string form = """{"name":"CI"}""")
    {
        var made = await AsksAsync("POST", body: form);
        Assert.Equal(201, made.Status);
        return new Uri(JsonDocument.Parse(made.Body).RootElement.GetProperty("url").GetString()!).AbsolutePath;
    }

    public async Task<IReadOnlyList<JsonElement>> ListsAsync() =>
        [.. JsonDocument.Parse((await AsksAsync("GET")).Body).RootElement.GetProperty("hooks").EnumerateArray()];

    /// <summary>Ends the hook of this name.</summary>
    public async Task<int> EndsAsync(string name = "CI")
    {
        var hook = (await ListsAsync()).Single(one => one.GetProperty("name").GetString() == name);
        return (await AsksAsync("DELETE", "?id=" + hook.GetProperty("id").GetString())).Status;
    }

    /// <summary>A request of the owner's, with proof.</summary>
    public async Task<RawAnswer> AsksAsync(string verb, string query = "", string body = "", string headers = "Content-Type: application/json\r\n")
    {
        var proof = await owner.Proof(verb, Path + query);
        return await Server.AskAsync(
            $"{verb} {Path}{query} HTTP/1.1\r\nHost: {Host}\r\n{proof}{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>A program says something: by default as <c>curl -d</c> does.</summary>
    public Task<RawAnswer> PostsAsync(string path, string body, string headers = "Content-Type: application/x-www-form-urlencoded\r\n", string verb = "POST") =>
        Server.AskAsync($"{verb} {path} HTTP/1.1\r\nHost: {Host}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
}
