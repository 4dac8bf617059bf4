using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RvpServer.Bench;

/// <summary>The yardstick for referrals: one fixed 302 with the headers that a router's has.</summary>
internal static class RedirectChild
{
    /// <param name="arguments">The Location.</param>
    /// <param name="stop">Ends it.</param>
    public static Task RunAsync(string[] arguments, CancellationToken stop) => BareKestrel.ServeAsync(
        _ => { },
        _ => context =>
        {
            var response = context.Response;
            response.StatusCode = StatusCodes.Status302Found;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Object moved";
            response.Headers.Location = arguments[0];
            response.Headers["RVP-Notifications-Version"] = "0.2";
            response.ContentLength = 0;
            return Task.CompletedTask;
        },
        stop);
}
