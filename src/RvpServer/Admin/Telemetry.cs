using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>Sends metrics and spans to an OpenTelemetry collector, by OTLP over HTTP.</summary>
internal static class Telemetry
{
    /// <summary>Only where the configuration names a collector.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, RvpSettings settings)
    {
        if (settings.Telemetry.Otlp is { } collector) AddExport(services, collector);
        return services;
    }

    // A method of its own, so that without a collector the packages are not even loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExport(IServiceCollection services, Uri collector)
    {
        var to = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/");
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("rvpserver", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString()))
            .WithTracing(traces => traces.AddSource(RequestSpan.Source).AddOtlpExporter(exporter => Send(exporter, "v1/traces")))
            .WithMetrics(metrics => metrics.AddMeter("RvpServer.*").AddOtlpExporter(exporter => Send(exporter, "v1/metrics")));

        void Send(OtlpExporterOptions exporter, string path) =>
            (exporter.Protocol, exporter.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri(to, path));
    }
}
