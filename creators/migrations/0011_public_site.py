"""The programme, the spotlight and what is sold; pictures are `livefest`'s now, in the same table."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# What refers to a creator's entry, a show, a product or a partner is of the same fest.
SAME_FEST = """
ALTER TABLE creators_showhost
    ADD CONSTRAINT showhost_show_of_same_fest FOREIGN KEY (fest_id, show_id)
        REFERENCES creators_show (fest_id, id),
    ADD CONSTRAINT showhost_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
ALTER TABLE creators_spotlight
    ADD CONSTRAINT spotlight_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
ALTER TABLE creators_product
    ADD CONSTRAINT product_partner_of_same_fest FOREIGN KEY (fest_id, partner_id)
        REFERENCES livefest_partner (fest_id, id);
ALTER TABLE creators_productshown
    ADD CONSTRAINT productshown_product_of_same_fest FOREIGN KEY (fest_id, product_id)
        REFERENCES creators_product (fest_id, id),
    ADD CONSTRAINT productshown_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE creators_showhost
    DROP CONSTRAINT showhost_show_of_same_fest, DROP CONSTRAINT showhost_entry_of_same_fest;
ALTER TABLE creators_spotlight DROP CONSTRAINT spotlight_entry_of_same_fest;
ALTER TABLE creators_product DROP CONSTRAINT product_partner_of_same_fest;
ALTER TABLE creators_productshown
    DROP CONSTRAINT productshown_product_of_same_fest, DROP CONSTRAINT productshown_entry_of_same_fest;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0010_taking_part"),
        ("livefest", "0006_public_site"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="profile",
                    name="picture",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="livefest.picture",
                        verbose_name="picture",
                    ),
                ),
                migrations.DeleteModel(name="Picture"),
            ]
        ),
        migrations.AddField(
            model_name="group",
            name="translations",
            field=models.JSONField(
                blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name="translations"
            ),
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="translations",
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9][A-Za-z0-9_-]*$",
                                "Use letters, digits, hyphens and underscores, beginning with a letter or digit.",
                            )
                        ],
                        verbose_name="slug",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Order in lists.", verbose_name="position"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("text", models.CharField(blank=True, default="", max_length=500, verbose_name="text")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "price",
                    models.PositiveBigIntegerField(
                        blank=True, help_text="In minor units.", null=True, verbose_name="price"
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True, default="", help_text="Such as USD.", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="products",
                        to="livefest.fest",
                        verbose_name="fest",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="products",
                        to="livefest.partner",
                        verbose_name="partner",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="livefest.picture",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "ordering": ["fest", "position", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProductShown",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "starts",
                    models.DateTimeField(
                        blank=True, help_text="Empty: from the fest's start.", null=True, verbose_name="from"
                    ),
                ),
                (
                    "ends",
                    models.DateTimeField(
                        blank=True, help_text="Empty: until the fest's end.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="products_shown",
                        to="creators.entry",
                        verbose_name="creator",
                    ),
                ),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="livefest.fest",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shown",
                        to="creators.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "product shown in LIVEs",
                "verbose_name_plural": "products shown in LIVEs",
                "ordering": ["product", "id"],
            },
        ),
        migrations.CreateModel(
            name="Show",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="translations",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Plain text; an empty line begins a new paragraph.",
                        verbose_name="text",
                    ),
                ),
                ("starts", models.DateTimeField(verbose_name="starts")),
                ("ends", models.DateTimeField(help_text="Exclusive.", verbose_name="ends")),
                ("url", models.CharField(blank=True, default="", max_length=500, verbose_name="where to watch")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shows",
                        to="livefest.fest",
                        verbose_name="fest",
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="livefest.picture",
                        verbose_name="picture",
                    ),
                ),
            ],
            options={
                "verbose_name": "show",
                "verbose_name_plural": "shows",
                "ordering": ["starts", "id"],
            },
        ),
        migrations.CreateModel(
            name="ShowHost",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="position")),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.entry",
                        verbose_name="creator",
                    ),
                ),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="livefest.fest",
                    ),
                ),
                (
                    "show",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="host_rows",
                        to="creators.show",
                    ),
                ),
            ],
            options={
                "verbose_name": "host",
                "verbose_name_plural": "hosts",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="show",
            name="hosts",
            field=models.ManyToManyField(
                blank=True, related_name="shows", through="creators.ShowHost", to="creators.entry", verbose_name="hosts"
            ),
        ),
        migrations.CreateModel(
            name="Spotlight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "translations",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="translations",
                    ),
                ),
                ("text", models.CharField(blank=True, default="", max_length=300, verbose_name="why")),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Order in lists.", verbose_name="position"),
                ),
                ("starts", models.DateTimeField(verbose_name="from")),
                (
                    "ends",
                    models.DateTimeField(
                        blank=True, help_text="Empty: until it is taken out.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spotlights",
                        to="creators.entry",
                        verbose_name="creator",
                    ),
                ),
                (
                    "fest",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spotlights",
                        to="livefest.fest",
                        verbose_name="fest",
                    ),
                ),
            ],
            options={
                "verbose_name": "spotlight",
                "verbose_name_plural": "spotlights",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("fest", "slug"), name="product_slug_unique"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("fest", "id"), name="product_of_fest"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[A-Za-z0-9][A-Za-z0-9_-]*$")), name="product_slug_form"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="product_name_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("url__regex", "^https://")), name="product_url_is_web"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", ""), ("price", None)),
                    models.Q(("currency__regex", "^[A-Z]{3}$"), ("price__isnull", False)),
                    _connector="OR",
                ),
                name="product_price_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="productshown",
            constraint=models.UniqueConstraint(fields=("product", "entry"), name="productshown_once"),
        ),
        migrations.AddConstraint(
            model_name="productshown",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts", None), ("ends", None), ("starts__lt", models.F("ends")), _connector="OR"),
                name="productshown_starts_before_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="showhost",
            constraint=models.UniqueConstraint(fields=("show", "entry"), name="showhost_once"),
        ),
        migrations.AddIndex(
            model_name="live",
            index=models.Index(fields=["ended_at"], name="live_by_end"),
        ),
        migrations.AddIndex(
            model_name="show",
            index=models.Index(fields=["fest", "starts", "id"], name="show_in_order"),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.UniqueConstraint(fields=("fest", "id"), name="show_of_fest"),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="show_title_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts__lt", models.F("ends"))), name="show_starts_before_end"
            ),
        ),
        migrations.AddConstraint(
            model_name="show",
            constraint=models.CheckConstraint(
                condition=models.Q(("url", ""), ("url__regex", "^https://"), _connector="OR"), name="show_url_is_web"
            ),
        ),
        migrations.AddIndex(
            model_name="spotlight",
            index=models.Index(fields=["fest", "position", "id"], name="spotlight_of_fest"),
        ),
        migrations.AddConstraint(
            model_name="spotlight",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends", None), ("starts__lt", models.F("ends")), _connector="OR"),
                name="spotlight_starts_before_end",
            ),
        ),
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
    ]
