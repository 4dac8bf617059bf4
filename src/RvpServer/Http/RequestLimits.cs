using System.Threading.RateLimiting;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Bounds the requests under way; one more is refused at once, since a queue would only make everybody wait. [KB 318158]</summary>
internal static class RequestLimits
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Registers the limit; <c>UseRateLimiter</c> applies it, but for endpoints that are exempt: what waits long costs a connection, not
    /// work.</summary>
    public static IServiceCollection AddRequestLimits(this IServiceCollection services, LimitsOptions limits) => services.AddRateLimiter(options =>
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, bool>(
            _ => RateLimitPartition.GetConcurrencyLimiter(
                false, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.MaxOutstandingRequests, QueueLimit = 0 }));
        options.OnRejected = (rejected, _) => new ValueTask(AnswerWriter.WriteAsync(rejected.HttpContext, new Answer.Refused(Refusal.Busy), RetryAfter));
    });
}
