using System.Threading.RateLimiting;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Limits the requests in progress; one more is refused immediately, since a queue would only make everybody wait. [KB 318158]</summary>
internal static class RequestLimits
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Registers the limit; <c>UseRateLimiter</c> applies it, except to exempt endpoints: a request that waits long needs a connection, but no work.
    /// </summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services, LimitsOptions limits) => services.AddRateLimiter(options =>
    {
        var permits = new ConcurrencyLimiterOptions { PermitLimit = limits.MaxOutstandingRequests, QueueLimit = 0 };
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, bool>(_ => RateLimitPartition.GetConcurrencyLimiter(false, _ => permits));
        options.OnRejected = (rejected, _) => new ValueTask(AnswerWriter.WriteAsync(rejected.HttpContext, new Answer.Refused(Refusal.Busy), RetryAfter));
    });
}
