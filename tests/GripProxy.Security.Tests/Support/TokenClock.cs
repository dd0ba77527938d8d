using GripProxy.Testing;

namespace GripProxy.Security.Tests.Support;

/// <summary>The clock at the time that the tokens written out in the tests are about, in the unit of their claims.</summary>
internal static class TokenClock
{
    extension(ManualTime time)
    {
        /// <summary>Now, as the claims exp and nbf tell it.</summary>
        public long Seconds => time.GetUtcNow().ToUnixTimeSeconds();

        public void Advance(double seconds) => time.Advance(TimeSpan.FromSeconds(seconds));
    }

    public static ManualTime Create() => new(DateTimeOffset.FromUnixTimeSeconds(1_795_327_535));
}
