using System.Globalization;
using GripProxy.Plugins.Post.Schedules;

namespace GripProxy.Plugins.Tests.Post;

/// <summary>Five fields, UTC (plugins.md §9.1).</summary>
public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("* * * * *", "2026-05-04T10:07:30", "2026-05-04T10:08")]
    [InlineData("*/5 * * * *", "2026-05-04T10:05:00", "2026-05-04T10:10")]
    [InlineData("0 0 * * *", "2026-05-04T00:00:00", "2026-05-05T00:00")]
    [InlineData("30 8-10 * * *", "2026-05-04T10:30:00", "2026-05-05T08:30")]
    [InlineData("0,15,45 * * * *", "2026-05-04T10:16:00", "2026-05-04T10:45")]
    [InlineData("10-20/5 * * * *", "2026-05-04T10:16:00", "2026-05-04T10:20")]
    [InlineData("50/4 * * * *", "2026-05-04T10:51:00", "2026-05-04T10:54")]
    [InlineData("0 12 1 * *", "2026-05-04T10:00:00", "2026-06-01T12:00")]
    [InlineData("0 0 31 * *", "2026-05-31T00:00:00", "2026-07-31T00:00")]
    [InlineData("0 0 29 2 *", "2026-05-04T10:00:00", "2028-02-29T00:00")]
    [InlineData("0 9 * * 1-5", "2026-05-01T10:00:00", "2026-05-04T09:00")]
    [InlineData("0 9 * * 7", "2026-05-04T10:00:00", "2026-05-10T09:00")]
    [InlineData("0 9 * * 0", "2026-05-04T10:00:00", "2026-05-10T09:00")]
    [InlineData("0 9 * * sun,Wed", "2026-05-04T10:00:00", "2026-05-06T09:00")]
    [InlineData("0 0 1 jan-feb *", "2026-05-04T10:00:00", "2027-01-01T00:00")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00", "2027-12-31T23:59")]
    // Either day counts where both are given.
    [InlineData("0 0 13 * 5", "2026-05-04T10:00:00", "2026-05-08T00:00")]
    [InlineData("0 0 13 * 5", "2026-05-08T00:00:00", "2026-05-13T00:00")]
    // A step over all days is no choice of days.
    [InlineData("0 0 */2 * 1", "2026-05-04T10:00:00", "2026-05-11T00:00")]
    public void PLG06_Next_IsTheFirstTimeThatFits(string text, string after, string expected)
    {
        var cron = CronExpression.Parse(text, out var problem);

        Assert.Null(problem);
        Assert.Equal(Time(expected), cron!.Next(Time(after)));
    }

    [Fact]
    public void PLG06_Next_OfADayThatNeverComes_IsNone() => Assert.Null(CronExpression.Parse("0 0 30 2 *", out _)!.Next(Time("2026-05-04T10:00:00")));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("1-2-3 * * * *")]
    [InlineData("99999999999 * * * *")]
    public void PLG06_Parse_OfWhatIsNone_SaysWhatIsExpected(string text)
    {
        Assert.Null(CronExpression.Parse(text, out var problem));
        Assert.Contains("expected", problem, StringComparison.Ordinal);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
