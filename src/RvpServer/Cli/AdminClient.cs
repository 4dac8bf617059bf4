using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>
/// Asks the server that runs on the data directory, by its API over its socket, so that one process alone changes the store. What the server refuses is thrown
/// as if it had been done here.
/// </summary>
internal sealed class AdminClient : IAsyncDisposable
{
    private readonly HttpClient http;

    private AdminClient(string socket)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = async (_, stop) => await ConnectAsync(socket, stop), UseProxy = false };
        http = new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add(ApiCaller.UserHeader, Uri.EscapeDataString(Environment.UserName));
    }

    /// <summary>The client of the server that runs; null if none does. Throws <see cref="UnauthorizedAccessException"/>.</summary>
    public static AdminClient? Find(RvpSettings settings)
    {
        if (AdminSocket.PathIn(settings.DataDirectory) is not { } path || !File.Exists(path)) return null;
        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return new AdminClient(path);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new UnauthorizedAccessException($"{path} is for the server's own user and root: run this as one of them.", failure);
        }
        catch (SocketException)
        {
            // A server that was killed has left it.
            return null;
        }
    }

    /// <summary>Reads a value; null where there is no such thing.</summary>
    public async Task<T?> FindAsync<T>(string path, CancellationToken stop)
        where T : class
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, stop);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return null;
        await CheckAsync(answer, stop);
        return await ReadAsync<T>(answer, stop);
    }

    /// <summary>Reads a value.</summary>
    public async Task<T> GetAsync<T>(string path, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, stop);
        await CheckAsync(answer, stop);
        return await ReadAsync<T>(answer, stop);
    }

    /// <summary>Reads values that come a line each.</summary>
    public async IAsyncEnumerable<T> GetLinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, stop);
        await CheckAsync(answer, stop);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        while (await AliveAsync(() => lines.ReadLineAsync(stop).AsTask()) is { } line)
            if (JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web) is { } value) yield return value;
    }

    /// <summary>Has something done.</summary>
    public async Task DoAsync(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        using var answer = await SendAsync(method, path, body is null ? null : JsonContent.Create(body), stop);
        await CheckAsync(answer, stop);
    }

    /// <summary>Has something done and reads what came of it.</summary>
    public async Task<T> DoAsync<T>(HttpMethod method, string path, HttpContent body, CancellationToken stop)
    {
        using var answer = await SendAsync(method, path, body, stop);
        await CheckAsync(answer, stop);
        return await ReadAsync<T>(answer, stop);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return default;
    }

    private static async Task<Stream> ConnectAsync(string path, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken stop)
    {
        var request = new HttpRequestMessage(method, AdminApi.Path + path) { Content = body };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return AliveAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop));
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken stop) =>
        await AliveAsync(() => answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, stop))
        ?? throw new IOException("The server has answered nothing.");

    private static async Task<T> AliveAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new IOException("The server has ended before it answered: start it again and look whether the change was made.", failure);
        }
    }

    private static async Task CheckAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        if (answer.IsSuccessStatusCode) return;
        Problem? problem = null;
        try
        {
            problem = await AliveAsync(() => answer.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, stop));
        }
        catch (JsonException)
        {
            // Said below.
        }
        if (problem?.Detail is not { } detail) throw new IOException($"The server has answered {(int)answer.StatusCode}: its log says why.");
        throw problem.Kind switch
        {
            ApiProblem.Store => new StoreException(detail),
            ApiProblem.Directory => new DirectoryException(detail),
            _ => new AccountException(detail),
        };
    }

    private sealed record Problem(string? Detail, string? Kind);
}
