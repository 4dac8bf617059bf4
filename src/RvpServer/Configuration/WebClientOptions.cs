using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>The web client on home servers.</summary>
internal sealed record WebClientOptions : BrandOptions
{
    // On: people who have no client yet have a browser.
    public bool Enabled { get; init; } = true;

    /// <summary>The path of its pages.</summary>
    // The domain's front page: easy to tell somebody. Nodes are below /instmsg.
    public string Path { get; init; } = "/";

    /// <summary>How long a session lasts that is used every day; unused it ends after twelve hours.</summary>
    // A week: whoever has stolen a cookie has it no longer than that, and nobody types the password every day.
    [Range(typeof(TimeSpan), "00:10:00", "365.00:00:00")]
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>True: its pages over http lead to https, and nobody signs in over http. Null: true once this server listens at an https URL.</summary>
    // Where there is a certificate, nobody wants the password to be readable on the way.
    public bool? RequireHttps { get; init; }
}
