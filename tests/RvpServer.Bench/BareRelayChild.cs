using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>The yardstick for messages and changes: reads the body and passes it on as a NOTIFY, to the callback of the path or to all, then answers.</summary>
internal static class BareRelayChild
{
    /// <summary>The path that stands for all callbacks.</summary>
    public const string All = "/all";

    private static readonly HttpMethod Notify = new("NOTIFY");

    /// <param name="arguments">The callbacks' ports, that of User0 first.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken stop)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false, UseProxy = false });
        var all = arguments.Select(port => new Uri($"http://127.0.0.1:{port}/")).ToArray();
        var callbacks = all.Select((callback, number) => (new User(number).Path, callback)).ToDictionary();
        await BareKestrel.ServeAsync(
            _ => { },
            _ => async context =>
            {
                var body = new byte[(int)context.Request.ContentLength!];
                await context.Request.Body.ReadExactlyAsync(body);
                var path = context.Request.Path.Value!;
                if (path == All)
                {
                    await Task.WhenAll(all.Select(SendAsync));
                    context.Response.StatusCode = 207;
                }
                else
                {
                    await SendAsync(callbacks[path]);
                }
                context.Response.ContentLength = 0;

                async Task SendAsync(Uri callback)
                {
                    using var request = new HttpRequestMessage(Notify, callback) { Content = new ByteArrayContent(body) };
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", "text/xml");
                    using var response = await client.SendAsync(request, stop);
                    if ((int)response.StatusCode != 200) throw new InvalidOperationException(callback + " answered " + (int)response.StatusCode);
                }
            },
            stop);
    }
}
