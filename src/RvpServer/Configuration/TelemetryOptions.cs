namespace RvpServer.Configuration;

/// <summary>What is measured for a collector elsewhere.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Where an OpenTelemetry collector takes OTLP over HTTP; null: nothing is sent, nor measured for it.</summary>
    // None: who asks whom is nobody's affair whom the administrator has not named. Usually port 4318.
    public Uri? Otlp { get; init; }
}
