"""What each feature of ranking.py counts for, as benchmarks/fit_regions.py fitted it. Values."""

WEIGHTS: dict[str, tuple[float, ...]] = {
    "subject": (
        -5.011,  # bias
        1.104,  # title
        -1.100,  # title_share
        0.134,  # title_first
        0.234,  # standfirst
        0.080,  # standfirst_share
        0.539,  # lead
        -0.265,  # lead_share
        -1.350,  # body_share
        0.137,  # body_to_top
        1.466,  # mentions
        0.147,  # once
        0.783,  # early
        0.740,  # spread
        2.105,  # score_share
        1.491,  # score_to_top
        -0.456,  # top
        3.763,  # dateline
        -0.195,  # dateline_named
        -0.324,  # dateline_other
        -0.615,  # only_people
        -0.173,  # people_share
        -1.635,  # town_share
        -1.232,  # only_seat
        -0.080,  # seat_share
        4.988,  # alone
        -1.688,  # few
        2.652,  # home
        0.615,  # home_alone
        0.227,  # home_unnamed
        1.750,  # home_dateline
        2.166,  # foreign
        -0.901,  # power
        0.836,  # title_and_share
        -2.568,  # in_name
        1.230,  # only_in_name
        0.274,  # in_list
        0.058,  # only_in_list
        0.307,  # sentence
        0.535,  # title_home_dateline
        -0.109,  # title_other_dateline
        -0.224,  # lead_other_dateline
        -0.128,  # lead_only
        0.023,  # no_title
    ),
    "mention": (
        0.408,  # bias
        0.221,  # title
        -0.129,  # title_share
        0.314,  # title_first
        0.000,  # standfirst
        0.000,  # standfirst_share
        -0.426,  # lead
        -0.130,  # lead_share
        -0.435,  # body_share
        0.637,  # body_to_top
        1.927,  # mentions
        0.666,  # once
        -0.051,  # early
        1.080,  # spread
        -1.112,  # score_share
        0.394,  # score_to_top
        0.070,  # top
        0.240,  # dateline
        0.434,  # dateline_named
        -0.280,  # dateline_other
        -1.949,  # only_people
        0.065,  # people_share
        -2.095,  # town_share
        -1.197,  # only_seat
        -0.987,  # seat_share
        1.507,  # alone
        -1.070,  # few
        2.209,  # home
        1.131,  # home_alone
        -1.476,  # home_unnamed
        0.000,  # home_dateline
        -0.793,  # foreign
        3.316,  # power
        -0.698,  # title_and_share
        -0.238,  # in_name
        -0.525,  # only_in_name
        0.578,  # in_list
        0.094,  # only_in_list
        -0.745,  # sentence
        0.000,  # title_home_dateline
        -0.864,  # title_other_dateline
        -0.277,  # lead_other_dateline
        0.666,  # lead_only
        -1.206,  # no_title
    ),
}

#: A country at least so probable is kept.
KEEP = {"subject": 0.42, "mention": 0.4}

#: Where none is, the likeliest is kept from here on: some country is better than the queue.
KEEP_ANYWAY = {"subject": 0.1, "mention": 0.1}
