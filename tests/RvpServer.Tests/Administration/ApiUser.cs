using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rvp.Testing;
using RvpServer.Http;

namespace RvpServer.Tests.Administration;

/// <summary>What the API answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Json">The body; null if it is none.</param>
/// <param name="Tag">The ETag; null: none.</param>
internal sealed record ApiReply(int Status, JsonNode? Json, string? Tag)
{
    /// <summary>The reason of a problem.</summary>
    public string Detail => (string?)Json?["detail"] ?? "";
}

/// <summary>Somebody who asks the API: over the Admin URL with a password, or over the socket as the command line does.</summary>
internal sealed class ApiUser : IDisposable
{
    private readonly HttpClient http;

    private ApiUser(HttpMessageHandler handler, string url) => http = new HttpClient(handler) { BaseAddress = new Uri(url) };

    /// <summary>Somebody at the Admin URL; without an address nobody in particular.</summary>
    public static ApiUser Of(TestServer server, string? address, string password = TestServer.Password)
    {
        var user = new ApiUser(new SocketsHttpHandler(), $"http://127.0.0.1:{server.AdminPort}");
        if (address is null) return user;
        var proof = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address}:{password}"));
        user.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", proof);
        return user;
    }

    /// <summary>Somebody at the socket.</summary>
    public static ApiUser AtSocket(TestServer server, string name = "jo")
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(AdminSocket.PathIn(server.Folder)!), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var user = new ApiUser(handler, "http://localhost");
        user.http.DefaultRequestHeaders.Add("RVP-User", Uri.EscapeDataString(name));
        return user;
    }

    public Task<ApiReply> Gets(string path) => Asks("GET", path);

    /// <summary>Asks for something below <c>/api/v1</c>.</summary>
    public async Task<ApiReply> Asks(string method, string path, string? json = null, string type = "application/json", params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1" + path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, type);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var isJson = answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        return new ApiReply((int)answer.StatusCode, isJson ? JsonNode.Parse(text) : null, answer.Headers.ETag?.Tag);
    }

    public void Dispose() => http.Dispose();
}
